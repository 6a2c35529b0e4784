/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pass over a flattened device tree that makes the index.
 *
 * A node's properties come before its children, so a node's status is known
 * when its first child begins. Every offset and size is checked by the pass.
 *
 * Supports: version 17.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapters 2 and 5.
 */

#include "format.h"
#include "index.h"

#include <string.h>

/* The pass. */
struct pass {
	struct ukd_index *index;
	const uint32_t *next;
	const uint32_t *end;
	uint32_t strings_size;
	uint32_t current;	/* number of the open node */
	uint32_t depth;		/* open nodes */
	bool children;		/* the open node had one */
};

/* Helpers */

static bool is_string(struct ukd_index_value value, const char *text)
{
	size_t size = strlen(text) + 1;

	return value.size >= size && !memcmp(value.bytes, text, size);
}

/* The pass */

/* DTSpec 2.3.1, 2.3.3, 2.3.4; "linux,phandle" is its older spelling. */
static void note_property(const struct pass *pass, const uint32_t *property)
{
	struct ukd_index *index = pass->index;
	struct ukd_index_node *node = &index->node[pass->current];
	const char *name = index->strings + ukd_index_cell(property[2]);
	struct ukd_index_value value = ukd_index_value(property);

	switch (name[0]) {
	case 'c':
		if (!strcmp(name, "compatible"))
			node->compatible =
				(uint32_t)(property - index->structure);
		break;
	case 'l':
		if (node->phandle || strcmp(name, "linux,phandle"))
			break;
		if (value.size == sizeof(uint32_t))
			node->phandle =
				ukd_index_cell(property[FDT_PROP_CELLS]);
		break;
	case 'p':
		if (!strcmp(name, "phandle") && value.size == sizeof(uint32_t))
			node->phandle =
				ukd_index_cell(property[FDT_PROP_CELLS]);
		break;
	case 's':
		/* "ok" is not in the specification, but on boards */
		if (!strcmp(name, "status") && !is_string(value, "okay") &&
		    !is_string(value, "ok"))
			node->disabled = true;
		break;
	default:
		break;
	}
}

/* Whether nodes are still noted; once there is no room only counted. */
static bool has_room(const struct ukd_index *index)
{
	return index->total <= index->capacity;
}

static bool begin_node(struct pass *pass)
{
	struct ukd_index *index = pass->index;
	const uint32_t *begin = pass->next - 1;
	uint32_t parent = pass->current;

	pass->next = ukd_index_after_name(pass->next, pass->end);
	if (!pass->next || (!pass->depth && index->total))
		return false;
	pass->depth++;
	pass->children = false;
	index->total++;
	if (!has_room(index))
		return true;

	pass->current = index->count++;
	index->node[pass->current] = (struct ukd_index_node){
		.offset = (uint32_t)((const char *)begin -
				     (const char *)index->structure),
		.parent = parent,
		.disabled = pass->current && index->node[parent].disabled,
	};
	return true;
}

static bool end_node(struct pass *pass)
{
	if (!pass->depth)
		return false;
	pass->depth--;
	pass->children = true;
	if (has_room(pass->index))
		pass->current = pass->index->node[pass->current].parent;
	return true;
}

static bool read_property(struct pass *pass)
{
	const uint32_t *property = pass->next - 1;
	size_t left = (size_t)(pass->end - property);
	size_t size;

	if (!pass->depth || pass->children || left < FDT_PROP_CELLS)
		return false;
	size = ukd_index_property_cells(property);
	if (left < size || ukd_index_cell(property[2]) >= pass->strings_size)
		return false;
	if (has_room(pass->index))
		note_property(pass, property);
	pass->next = property + size;
	return true;
}

/* Read the structure block; false when it is malformed. DTSpec 5.4.2. */
static bool read_structure(struct pass *pass)
{
	while (pass->next < pass->end) {
		bool good;

		switch (ukd_index_cell(*pass->next++)) {
		case FDT_BEGIN_NODE:
			good = begin_node(pass);
			break;
		case FDT_END_NODE:
			good = end_node(pass);
			break;
		case FDT_PROP:
			good = read_property(pass);
			break;
		case FDT_NOP:
			good = true;
			break;
		case FDT_END:
			return !pass->depth && pass->index->total;
		default:
			good = false;
			break;
		}
		if (!good)
			return false;
	}
	return false;
}

/* Check the header and note where the blocks are. DTSpec 5.2. */
static bool read_header(struct pass *pass)
{
	struct ukd_index *index = pass->index;
	uint32_t structure, structure_size, strings, total;

	if ((uintptr_t)index->tree % sizeof(uint32_t) ||
	    ukd_index_header(index, FDT_HEADER_MAGIC) != FDT_MAGIC ||
	    ukd_index_header(index, FDT_HEADER_VERSION) < FDT_VERSION ||
	    ukd_index_header(index, FDT_HEADER_LAST_COMP_VERSION) > FDT_VERSION)
		return false;

	total = ukd_index_header(index, FDT_HEADER_TOTALSIZE);
	structure = ukd_index_header(index, FDT_HEADER_OFF_STRUCT);
	structure_size = ukd_index_header(index, FDT_HEADER_SIZE_STRUCT);
	strings = ukd_index_header(index, FDT_HEADER_OFF_STRINGS);
	pass->strings_size = ukd_index_header(index, FDT_HEADER_SIZE_STRINGS);
	if (structure % 4 || structure > total ||
	    structure_size > total - structure || strings > total ||
	    pass->strings_size > total - strings)
		return false;

	index->structure = (const void *)((const char *)index->tree + structure);
	index->structure_size = ukd_index_cell(structure_size);
	index->strings = (const char *)index->tree + strings;
	pass->next = index->structure;
	pass->end = index->structure + structure_size / 4;
	/* so that every name in the block ends in it */
	return !pass->strings_size || !index->strings[pass->strings_size - 1];
}

void ukd_index_read(struct ukd_index *index, const void *tree)
{
	struct pass pass = { .index = index };

	index->tree = tree;
	index->count = 0;
	index->total = 0;
	if (!read_header(&pass) || !read_structure(&pass))
		index->count = 0;
}
