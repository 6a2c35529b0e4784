/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the driver core share; no host and no driver sees it.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec").
 */
#ifndef UKD_INTERNAL_H
#define UKD_INTERNAL_H

#include <ukd/bits.h>
#include <ukd/core.h>
#include <ukd/driver.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UKD_CELL_BYTES	4U

/*
 * How many devices are kept when their paths are of no length. A generated
 * makefile says otherwise where it knows how many there are.
 */
#ifndef UKD_RECORDS_MAX
#define UKD_RECORDS_MAX		128U
#endif

/* Bytes of a property's value, in the tree; NULL bytes when it is absent. */
struct ukd_value {
	const char *bytes;
	uint32_t size;
};

/*
 * Where interrupts go: a node, by its properties or by its phandle. Neither:
 * nowhere.
 */
struct ukd_parent {
	const uint32_t *node;
	uint32_t phandle;
};

/* A node that takes interrupts: a controller, or a nexus that has a map. */
struct ukd_domain {
	const uint32_t *node;		/* its properties */
	uint32_t phandle;		/* or 0 */
	uint32_t cells;			/* of a specifier */
	uint32_t unit_cells;		/* of a unit address before it, in a map */
};

struct ukd_bus;
struct ukd_fixed;
struct ukd_range;
struct ukd_record;

enum ukd_state {
	UKD_WAITING,
	UKD_PROBING,
	UKD_BOUND,
	UKD_LEFT
};

/* A device that a linked driver lists. */
struct ukd_record {
	struct ukd_device dev;
	/* fill in interrupts, before the first probe; NULL: a bus found it */
	void (*complete)(struct ukd_record *record);
	const struct ukd_fixed *fixed;	/* or NULL; see <ukd/fixed.h> */
	const struct ukd_bus *bus;	/* NULL for the root */
	const struct ukd_record *gate;	/* what has to be bound before; or NULL */
	struct ukd_value compatible;
	const uint32_t *interrupts;	/* value of the property, or NULL */
	uint32_t phandle;		/* of interrupt-parent, or 0 */
	uint8_t class;			/* enum ukd_class of the best driver */
	uint8_t state;			/* enum ukd_state */
	bool is_extended;		/* it is interrupts-extended */
	bool is_reg_odd;		/* not all of `reg` can be used */
};

/*
 * What outlives the pass. Records grow from the start of one block, and paths
 * and buses from its end, so that none has a limit of its own.
 */
struct ukd_core {
	const uint32_t *structure;	/* first cell of the structure block */
	const uint32_t *structure_end;
	const char *strings;
	uint32_t strings_size;

	const char *stdout_path;	/* as it stands in /chosen, or NULL */
	struct ukd_domain irqchip;	/* the bound one; no cells: none is */
	const struct ukd_bus *last_bus;	/* the one that was made last */

	unsigned int record_count;
	unsigned int left_out;		/* nodes there was no room for */
	uint32_t tail_size;		/* bytes taken at the end of the block */

	unsigned int bound_count;
	unsigned int probes;		/* that are under way, one in another */
	uint32_t turns;			/* bits: classes whose turn was or is */
	bool is_unsettled;		/* one of these may have to be probed */

	union {
		struct ukd_record record[UKD_RECORDS_MAX];
		char byte[UKD_RECORDS_MAX * sizeof(struct ukd_record)];
	} block;
};

extern struct ukd_core ukd_core;

/* Where a search through a node's compatible strings stands. */
struct ukd_cursor {
	const char *next;		/* first byte not yet looked at */
	const char *end;		/* next to a terminating zero */
	const char *string;		/* the one being looked up, or NULL */
	uint32_t hash;
	uint32_t slot;			/* next slot to look at, before masking */
	const struct ukd_driver *driver;	/* of the match last returned */
};

/* Where a walk over the nodes of a checked tree stands. */
struct ukd_walk {
	const uint32_t *next;
	const char *name;		/* of the node last returned */
	unsigned int depth;		/* of it; the root has 1 */
};

static inline bool ukd_same(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one == *other;
}

/* Bytes before the terminating zero, or `size` when there is none. */
static inline size_t ukd_length(const char *text, size_t size)
{
	size_t length = 0;

	while (length < size && text[length])
		length++;
	return length;
}

/** The first string of a value, or `otherwise` when it has no end. */
const char *ukd_string(struct ukd_value value, const char *otherwise);

/** The one cell of a value, or `otherwise` when absent or of another size. */
uint32_t ukd_cell(struct ukd_value value, uint32_t otherwise);

/* Whether a number of so many cells can be read. */
static inline bool ukd_is_number(uint32_t cells)
{
	return cells == 1 || cells == 2;
}

/** Read a number of one or two cells. */
uint64_t ukd_number(const uint32_t *cell, uint32_t cells);

/* Memory */

/** Take memory for good. @return it, 8-byte aligned, or NULL */
void *ukd_take(size_t size);

/**
 * Make a record.
 *
 * @param path of the device; NULL when there was no room for it
 * @param driver the best one
 *
 * @return it, what doesn't follow from these not set; or NULL
 */
struct ukd_record *ukd_new_record(const char *path,
				  const struct ukd_driver *driver);

/** Find the record of a device, or of a copy of it. @return it, or NULL */
struct ukd_record *ukd_record_of(const struct ukd_device *dev);

/* Nodes */

/** Find a property of a node. `node` is where its properties start. */
struct ukd_value ukd_node_property(const uint32_t *node, const char *name);

/** Find a property of one cell. @return it, or `otherwise`, as ukd_cell() */
uint32_t ukd_node_cell(const uint32_t *node, const char *name,
		       uint32_t otherwise);

/** Start a walk over all nodes. */
static inline struct ukd_walk ukd_walk(void)
{
	return (struct ukd_walk){ .next = ukd_core.structure };
}

/** Step to the next node. @return its properties, or NULL */
const uint32_t *ukd_next_node(struct ukd_walk *walk);

/* Matches */

/** Start a search; `compatible` may be absent or lack its terminating zero. */
static inline struct ukd_cursor ukd_cursor(struct ukd_value compatible)
{
	const char *bytes = compatible.bytes;

	if (!bytes || !compatible.size || bytes[compatible.size - 1])
		return (struct ukd_cursor){ 0 };
	return (struct ukd_cursor){
		.next = bytes,
		.end = bytes + compatible.size,
	};
}

/**
 * Find the next driver for a compatible list, best first.
 *
 * @return the entry of its match table, with `cursor->driver` set, or NULL
 */
const struct ukd_match *ukd_match_next(struct ukd_cursor *cursor);

/* Buses */

/**
 * Make the bus that a node is to its children.
 *
 * @param above of the bus that the node is on; NULL for the root
 *
 * @return it, or NULL without room
 */
const struct ukd_bus *ukd_new_bus(const char *name, const uint32_t *node,
				  const struct ukd_bus *above);

/** Find or make the bus that a device's node is. @return it, or NULL */
const struct ukd_bus *ukd_bus_of(const struct ukd_record *record);

/**
 * Read one entry of a `ranges` or `dma-ranges`, its parent side untranslated.
 *
 * @return 0, -ENODEV past the last, -EINVAL when it can't be read or overflows
 */
int ukd_range_entry(const struct ukd_bus *bus, struct ukd_value list,
		    unsigned int index, struct ukd_range *range);

/**
 * Translate an address to the root.
 *
 * @param bus that the address is of; set to the one where it failed
 *
 * @return NULL, or what is wrong
 */
const char *ukd_to_root(const struct ukd_bus **bus, uint64_t *address);

/**
 * Read `reg` up to the first entry that can't be used.
 *
 * @param bus that the node is on, or NULL
 * @param region at least `max` entries
 * @param is_odd set to whether there was such an entry
 *
 * @return how many were read
 */
unsigned int ukd_regions(const struct ukd_bus *bus, struct ukd_value reg,
			 struct ukd_region *region, unsigned int max,
			 bool *is_odd);

/** Say why the entry of `reg` after the device's last region can't be used. */
void ukd_warn_of_reg(const struct ukd_record *record);

/* Interrupts */

/** Note the interrupt controller that was bound. */
void ukd_note_irqchip(const struct ukd_device *dev);

/** Fill in a device's interrupts, as far as they end at the bound controller. */
void ukd_take_interrupts(struct ukd_record *record);

/* Probing */

/** Find the console that /chosen/stdout-path names. @return it, or NULL */
struct ukd_record *ukd_stdout_record(void);

/** Say where a device is bound. */
void ukd_say_bound(const struct ukd_device *dev);

/** Probe what has become due in classes whose turn was, unless a probe runs. */
void ukd_settle(void);

#endif /* UKD_INTERNAL_H */
