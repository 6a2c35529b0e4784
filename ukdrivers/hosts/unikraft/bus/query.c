/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queries of an index, and of the tree that it is of.
 *
 * Source: Devicetree Specification v0.4, 2.3.1 and chapter 5.
 */

#include "format.h"
#include "index.h"

#include <string.h>

bool ukd_index_holds(const struct ukd_index *index, const void *tree)
{
	return tree && index->tree == tree && index->count &&
	       ((const uint32_t *)tree)[FDT_HEADER_SIZE_STRUCT] ==
		       index->structure_size &&
	       ukd_index_header(index, FDT_HEADER_OFF_STRUCT) ==
		       (uint32_t)((const char *)index->structure -
				  (const char *)tree);
}

const struct ukd_index_node *ukd_index_at(const struct ukd_index *index,
					  int offset)
{
	uint32_t low = 0, high = index->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const struct ukd_index_node *node = &index->node[middle];

		if (node->offset == (uint32_t)offset)
			return node;
		if (node->offset < (uint32_t)offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const uint32_t *ukd_index_property(const struct ukd_index *index,
				   const struct ukd_index_node *node,
				   const char *name, size_t length)
{
	const uint32_t *cell = index->structure + node->offset / 4 + 1;

	cell = ukd_index_after_name(cell, NULL);
	for (;;) {
		uint32_t token = ukd_index_cell(*cell);
		const char *own;

		if (token == FDT_NOP) {
			cell++;
			continue;
		}
		if (token != FDT_PROP)
			return NULL;
		own = index->strings + ukd_index_cell(cell[2]);
		if (own[0] == name[0] && !strncmp(own, name, length) &&
		    !own[length])
			return cell;
		cell += ukd_index_property_cells(cell);
	}
}

struct ukd_index_value
ukd_index_compatible(const struct ukd_index *index,
		     const struct ukd_index_node *node)
{
	const uint32_t *property = index->structure + node->compatible;
	struct ukd_index_value value;

	/* the token is another one when the property was taken out in place */
	if (!node->compatible || ukd_index_cell(*property) != FDT_PROP)
		return (struct ukd_index_value){ 0 };
	value = ukd_index_value(property);
	if (!value.size || value.bytes[value.size - 1])
		return (struct ukd_index_value){ 0 };
	return value;
}
