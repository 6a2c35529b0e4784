/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices whose addresses are built in or given by hand, as `ukdrivers`
 * generates them, and what else of the board is built in.
 */
#ifndef UKD_FIXED_H
#define UKD_FIXED_H

#include <ukd/bus.h>
#include <ukd/core.h>

/* A cell as it stands in a tree: big-endian. */
#define UKD_CELL(value)		__builtin_bswap32(UINT32_C(value))

/* A property; what the core has translated is asked of the core. */
struct ukd_fixed_property {
	const char *name;
	const void *value;
	uint32_t size;
};

/* Memory that devices reach, and where they see it. */
struct ukd_fixed_window {
	uint64_t address;
	uint64_t bus_address;
	uint64_t size;
};

/* What devices are on. */
struct ukd_bus {
	const struct ukd_fixed_window *window;	/* NULL: the same addresses */
	unsigned int window_count;
};

/* An interrupt below a nexus, big-endian. */
struct ukd_fixed_route {
	const uint32_t *from;	/* masked unit address and specifier */
	const uint32_t *to;	/* specifier as the board's controller reads it */
};

/* What is between a device and others: buses, and a nexus of interrupts. */
struct ukd_fixed_links {
	const struct ukd_bus *bus;	/* that it is on */
	const struct ukd_bus *below;	/* that its children are on */
	const struct ukd_range *range;	/* size 0: out of reach */
	const struct ukd_fixed_route *route;	/* NULL: no interrupt-map */
	const uint32_t *mask;		/* big-endian */
	uint16_t range_count;
	uint16_t route_count;
	uint8_t unit_cells;
	uint8_t from_cells;	/* with these */
	uint8_t to_cells;
};

/* A device; an index is that of the first one in the board's list. */
struct ukd_fixed {
	const char *compatible;		/* strings, each with its zero */
	const struct ukd_fixed_links *links;	/* or NULL */
	uint16_t compatible_size;
	uint16_t path;
	uint16_t property;
	uint16_t region;	/* all that can be reached */
	uint16_t interrupt;	/* cell; or of `irq`, when there are no `cells` */
	uint16_t gate;		/* the driven bus it is below, from 1; or 0 */
	uint8_t property_count;
	uint8_t region_count;
	uint8_t irq_count;
	uint8_t cells;		/* of one specifier */
};

struct ukd_board {
	const char *name;		/* and where its tree came from */
	const struct ukd_fixed *device;	/* in tree order */
	const char *path;
	const struct ukd_fixed_property *property;
	const struct ukd_region *region;
	const uint32_t *cell;		/* of specifiers, big-endian */
	const struct ukd_irq *irq;
	const char *const *driver;	/* those that don't scan */
	uint16_t device_count;
	uint16_t driver_count;

	/* Compare the tree with the one built in; NULL: that is left out. */
	int (*check)(const void *blob, size_t limit);
	uint64_t hash;

	/* Where nothing scans, what the pass would find. */
	struct ukd_tree tree;
	const char *stdout_path;	/* of a device, or NULL */
};

extern const struct ukd_board ukd_board;

/**
 * Compare a tree's hash with the built-in one; say so when it is another.
 *
 * @return 0, -ENODEV when it is another, -EINVAL when it is malformed
 */
int ukd_check_tree(const void *blob, size_t limit);

#endif /* UKD_FIXED_H */
