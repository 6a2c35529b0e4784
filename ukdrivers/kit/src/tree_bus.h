/* SPDX-License-Identifier: BSD-3-Clause */
/* The buses of a tree that is read at boot. */
#ifndef UKD_TREE_BUS_H
#define UKD_TREE_BUS_H

#include "internal.h"

/* A node that has children, as they see it. Made when one is remembered. */
struct ukd_bus {
	const struct ukd_bus *above;	/* NULL: this is the root */
	const struct ukd_bus *before;	/* made before this one */
	const uint32_t *node;		/* its properties */
	const char *name;
	struct ukd_value ranges;
	uint32_t address_cells;
	uint32_t size_cells;
	struct ukd_parent parent;	/* of its children's interrupts */
	const struct ukd_record *gate;	/* see there */
};

#endif /* UKD_TREE_BUS_H */
