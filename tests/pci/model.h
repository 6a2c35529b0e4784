/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI hardware for tests: functions with registers that can be written as far
 * as real ones can, bridges that let through what their registers say, and a
 * host. What goes wrong on the way (two bridges answer to one bus, a register
 * that must not be touched while it decodes) is a failed check.
 */
#ifndef MODEL_H
#define MODEL_H

#include <fake.h>
#include <ukd/bus.h>
#include <ukd/pci.h>

#define FUNCTIONS_MAX	512
#define FOUND_MAX	512
#define RANGES_MAX	6

/* What a BAR wants: its size, and these. */
#define BAR_IO		0x1U
#define BAR_64		0x4U
#define BAR_PREF	0x8U

struct function {
	struct function *above;		/* bridge that leads here; NULL: host */
	uint8_t slot;			/* device << 3 | function */
	bool is_bridge;
	bool is_gone;			/* answers all ones from now on */
	unsigned int bars;		/* that the header has */
	uint8_t config[4096];
	uint8_t writable[4096];		/* bits that a write changes */
	uint64_t bar_size[6];
	uint32_t bar_flags[6];
};

extern struct function functions[FUNCTIONS_MAX];
extern unsigned int function_count;

/* The host: its node's ranges, its first and last bus */
extern struct ukd_range ranges[RANGES_MAX];
extern int range_rc[RANGES_MAX];	/* returned in place of an entry */
extern unsigned int range_count;
extern uint8_t first_bus, last_bus;
extern const struct ukd_device host;
extern unsigned int read_count;

/* Called on each read and write of configuration space, if set */
extern void (*on_access)(struct function *function, unsigned int offset);

/* What was handed on, a string to each */
extern struct ukd_device found[FOUND_MAX];
extern char found_name[FOUND_MAX][8], found_strings[FOUND_MAX][160];
extern size_t found_size[FOUND_MAX];
extern unsigned int found_count;
extern int add_rc, map_rc, irq_rc;	/* what the kit answers */

/* Of functions that the host has drivers for; 0: none. How often it was asked */
extern uint16_t host_vendor;
extern unsigned int asked_count;

/* The last look at the interrupt map: phys.hi and pin */
extern uint32_t irq_unit, irq_pin;

/** Start again, with QEMU's windows and no function. */
void model_reset(void);

/** A device with vendor 0x1234, which has a driver; `id` is its device. */
struct function *model_device(struct function *above, unsigned int slot,
			      uint16_t id);

/** A bridge that can do everything. */
struct function *model_bridge(struct function *above, unsigned int slot);

/** Give it a BAR; `size` a power of two. */
void model_bar(struct function *function, unsigned int index, uint64_t size,
	       uint32_t flags);

uint32_t model_get(const struct function *function, unsigned int offset,
		   unsigned int bytes);
void model_set(struct function *function, unsigned int offset,
	       unsigned int bytes, uint32_t value);

/** Make it a PCI Express function of a port type. */
void model_express(struct function *function, unsigned int type);

/** Scan, and check the layout. @return what ukd_pci_host_add() did */
int model_scan(void);

/** Scan registers of which nothing is to be expected. */
void model_noise(void);

/** Every BAR handed on decodes, can be reached and overlaps no other. */
void model_check(void);

/** What of a device was handed on, or NULL. */
const struct ukd_device *model_found(const struct function *function);

#endif /* MODEL_H */
