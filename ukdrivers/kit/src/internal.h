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

/* Tokens of the structure block. DTSpec 5.4.1. */
#define UKD_FDT_BEGIN_NODE	1U
#define UKD_FDT_END_NODE	2U
#define UKD_FDT_PROP		3U
#define UKD_FDT_NOP		4U
#define UKD_FDT_END		9U

/* Cells of a property before its value: token, size, offset of the name. */
#define UKD_FDT_PROP_CELLS	3U

/* Open nodes, of which the root is the first. */
#define UKD_DEPTH_MAX		31U

/* Property names that the pass keeps in mind: 64. */
#define UKD_SEEN_BITS		6U
#define UKD_NAME_BITS		4U

/* How many matching nodes are kept when their paths are of no length. */
#define UKD_RECORDS_MAX		60U

/* Bytes of a property's value, in the tree; NULL bytes when it is absent. */
struct ukd_value {
	const char *bytes;
	uint32_t size;
};

/* An open node, as its children need it. */
struct ukd_open_node {
	const char *name;
	struct ukd_value ranges;
	uint32_t address_cells;
	uint32_t size_cells;
	uint32_t interrupt_parent;	/* phandle its children inherit, or 0 */
	bool disabled;			/* itself or one of its ancestors */
};

/* A node that a linked driver lists. */
struct ukd_record {
	struct ukd_device dev;
	uint32_t interrupt_parent;	/* phandle, or 0 */
	enum ukd_class class;		/* of the best driver */
};

/* The bound controller, as specifiers refer to it; cells is 0 without one. */
struct ukd_bound_irqchip {
	uint32_t phandle;
	uint32_t cells;
};

/*
 * What outlives the pass. Records grow from the start of one block and text
 * (paths) from its end, so that neither has a limit of its own.
 */
struct ukd_core {
	const uint32_t *structure;	/* first cell of the structure block */
	const uint32_t *structure_end;
	const char *strings;
	uint32_t strings_size;

	struct ukd_bound_irqchip irqchip;
	unsigned int record_count;
	unsigned int left_out;		/* matching nodes there was no room for */
	uint32_t text_size;		/* bytes of text at the end of the block */
	union {
		struct ukd_record record[UKD_RECORDS_MAX];
		char text[UKD_RECORDS_MAX * sizeof(struct ukd_record)];
	} block;
};

extern struct ukd_core ukd_core;

/* The properties that the pass looks at. */
enum ukd_name {
	UKD_NAME_OTHER,
	UKD_NAME_ADDRESS_CELLS,
	UKD_NAME_COMPATIBLE,
	UKD_NAME_DEVICE_TYPE,
	UKD_NAME_INTERRUPT_CELLS,
	UKD_NAME_INTERRUPT_PARENT,
	UKD_NAME_MODEL,
	UKD_NAME_PHANDLE,
	UKD_NAME_RANGES,
	UKD_NAME_REG,
	UKD_NAME_SIZE_CELLS,
	UKD_NAME_STATUS,
	UKD_NAME_COUNT
};

_Static_assert(UKD_NAME_COUNT <= 1U << UKD_NAME_BITS, "a name fits its bits");
_Static_assert(UKD_NAME_COUNT <= 32, "and is a bit of a word");

/* The pass. */
struct ukd_scan {
	const uint32_t *next;		/* cell */
	const uint32_t *end;
	struct ukd_tree *tree;
	uint32_t root_irqchip;		/* phandle, or 0 */

	/* The node whose properties were read last. */
	const uint32_t *properties;
	uint32_t present;		/* bits: what in `value` is of it */
	const uint32_t *value[UKD_NAME_COUNT];	/* the size is two cells before */

	const uint32_t *unlisted;	/* last `compatible` without a driver */

	unsigned int depth;
	struct ukd_open_node level[UKD_DEPTH_MAX + 1];	/* [0]: above the root */

	/*
	 * A tree has few property names and hundreds of properties: offsets
	 * whose name was read, as (offset + 1) << UKD_NAME_BITS | name.
	 */
	uint32_t seen[1U << UKD_SEEN_BITS];
};

/* Where a search through a node's compatible strings stands. */
struct ukd_cursor {
	const char *next;		/* first byte not yet looked at */
	const char *end;		/* next to a terminating zero */
	const char *string;		/* the one being looked up, or NULL */
	uint32_t hash;
	uint32_t slot;			/* next slot to look at, before masking */
	const struct ukd_driver *driver;	/* of the match last returned */
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

/* The first cell of a value, or `otherwise` when absent or of another size. */
static inline uint32_t ukd_cell(struct ukd_value value, uint32_t otherwise)
{
	if (!value.bytes || value.size != sizeof(uint32_t))
		return otherwise;
	return ukd_be32(*(const uint32_t *)(const void *)value.bytes);
}

/* A property of the node whose properties were read last. */
static inline struct ukd_value ukd_value(const struct ukd_scan *scan,
					 enum ukd_name name)
{
	const uint32_t *cell = scan->value[name];

	if (!(scan->present & UKD_BIT(name)))
		return (struct ukd_value){ 0 };
	return (struct ukd_value){
		.bytes = (const char *)cell,
		.size = ukd_be32(cell[-2]),
	};
}

/** Remember the open node, if it is one to be remembered. */
void ukd_judge(struct ukd_scan *scan);

/** Note what the open node's children need of it; the first one follows. */
void ukd_expect_children(struct ukd_scan *scan);

/** Read the name of a property. */
enum ukd_name ukd_name_of(const char *text);

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

/**
 * Read `reg`, each address translated to the root's address space.
 *
 * @param level the open nodes; level[1] is the root
 * @param bus which of them is the parent of the node that has `reg`
 * @param region at least `max` entries
 *
 * @return how many were read: the first one without an address ends the list
 */
unsigned int ukd_regions(const struct ukd_open_node *level, unsigned int bus,
			 struct ukd_value reg, struct ukd_region *region,
			 unsigned int max);

#endif /* UKD_INTERNAL_H */
