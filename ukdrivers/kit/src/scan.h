/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pass over the tree: what its two files share.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec").
 */
#ifndef UKD_SCAN_H
#define UKD_SCAN_H

#include "internal.h"

/* Open nodes, of which the root is the first. */
#define UKD_DEPTH_MAX		31U

/* Property names that the pass keeps in mind: 64. */
#define UKD_SEEN_BITS		6U
#define UKD_NAME_BITS		4U

/* What a node is for itself and everything below it. */
#define UKD_NODE_DISABLED	UKD_BIT(0)
#define UKD_NODE_SCANNED	UKD_BIT(1)	/* found by its bus, a PCI host */
#define UKD_NODE_RESERVED	UKD_BIT(2)	/* in /reserved-memory */

/* An open node, as its children need it. */
struct ukd_open_node {
	const char *name;
	const uint32_t *properties;
	const struct ukd_bus *bus;	/* made of it, or NULL */
	uint32_t flags;
};

/* The properties that the pass looks at. */
enum ukd_name {
	UKD_NAME_OTHER,
	UKD_NAME_ADDRESS_CELLS,
	UKD_NAME_COMPATIBLE,
	UKD_NAME_DEVICE_TYPE,
	UKD_NAME_INTERRUPT_PARENT,
	UKD_NAME_INTERRUPTS,
	UKD_NAME_INTERRUPTS_EXTENDED,
	UKD_NAME_MODEL,
	UKD_NAME_PHANDLE,
	UKD_NAME_REG,
	UKD_NAME_STATUS,
	UKD_NAME_STDOUT_PATH,
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

#endif /* UKD_SCAN_H */
