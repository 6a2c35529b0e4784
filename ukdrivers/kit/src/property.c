/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes and their properties, after the pass.
 *
 * Assumes: the tree is unchanged since the pass, which checked its bounds.
 *
 * Source: Devicetree Specification v0.4, 2.2.4 and 5.4.
 */

#include "fdt.h"
#include "internal.h"

const char *ukd_string(struct ukd_value value, const char *otherwise)
{
	if (!value.bytes || ukd_length(value.bytes, value.size) == value.size)
		return otherwise;
	return value.bytes;
}

uint32_t ukd_cell(struct ukd_value value, uint32_t otherwise)
{
	if (!value.bytes || value.size != UKD_CELL_BYTES)
		return otherwise;
	return ukd_be32(*(const uint32_t *)(const void *)value.bytes);
}

uint64_t ukd_number(const uint32_t *cell, uint32_t cells)
{
	uint64_t value = ukd_be32(cell[0]);

	if (cells == 2)
		value = value << 32 | ukd_be32(cell[1]);
	return value;
}

/* Step over a property. @return its name, or NULL after the last */
static inline const char *next_property(const uint32_t **next,
					struct ukd_value *value)
{
	const uint32_t *cell = *next;
	uint32_t token;

	while ((token = ukd_be32(*cell)) == UKD_FDT_NOP)
		cell++;
	if (token != UKD_FDT_PROP)
		return NULL;

	value->size = ukd_be32(cell[1]);
	value->bytes = (const char *)(cell + UKD_FDT_PROP_CELLS);
	*next = cell + UKD_FDT_PROP_CELLS + (value->size + 3) / 4;
	return ukd_core.strings + ukd_be32(cell[2]);
}

struct ukd_value ukd_node_property(const uint32_t *node, const char *name)
{
	struct ukd_value value;
	const char *found;

	while ((found = next_property(&node, &value))) {
		if (*found == *name && ukd_same(found, name))
			return value;
	}
	return (struct ukd_value){ 0 };
}

uint32_t ukd_node_cell(const uint32_t *node, const char *name,
		       uint32_t otherwise)
{
	return ukd_cell(ukd_node_property(node, name), otherwise);
}

const void *ukd_property(const struct ukd_device *dev, const char *name,
			 size_t *size)
{
	struct ukd_value value;

	if (!dev->node)
		return NULL;
	value = ukd_node_property(dev->node, name);
	if (value.bytes && size)
		*size = value.size;
	return value.bytes;
}

const uint32_t *ukd_next_node(struct ukd_walk *walk)
{
	for (;;) {
		const uint32_t *cell = walk->next++;

		switch (ukd_be32(*cell)) {
		case UKD_FDT_BEGIN_NODE:
			walk->depth++;
			walk->name = (const char *)walk->next;
			walk->next += ukd_length(walk->name, SIZE_MAX) /
				      UKD_CELL_BYTES + 1;
			return walk->next;
		case UKD_FDT_END_NODE:
			walk->depth--;
			break;
		case UKD_FDT_PROP:
			walk->next = cell + UKD_FDT_PROP_CELLS +
				     (ukd_be32(cell[1]) + 3) / UKD_CELL_BYTES;
			break;
		case UKD_FDT_END:
			return NULL;
		default:
			break;	/* no operation */
		}
	}
}
