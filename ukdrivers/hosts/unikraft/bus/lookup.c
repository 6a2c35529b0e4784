/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index of the image's device tree. Whoever asks first has it read, which
 * is before the heap, before page tables and before any driver.
 */

#include "lookup.h"

/* Nodes that need no memory from the heap. */
#define NODES			256

static struct ukd_index_node first_nodes[NODES];
static struct ukd_index index = {
	.node = first_nodes,
	.capacity = NODES,
};

const struct ukd_index *ukd_lookup(const void *tree)
{
	if (!index.tree)
		ukd_index_read(&index, tree);
	return ukd_index_holds(&index, tree) ? &index : NULL;
}

const struct ukd_index *ukd_lookup_read(const void *tree,
					struct ukd_index_node *room,
					uint32_t capacity)
{
	if (room) {
		index.node = room;
		index.capacity = capacity;
	}
	if (room || !ukd_lookup(tree))
		ukd_index_read(&index, tree);
	return &index;
}
