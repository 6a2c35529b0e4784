/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pass over the flattened device tree: memory and matching nodes.
 *
 * A node's properties come before its children and in any order, so a node is
 * judged when its last property was read. Every offset and size in the tree is
 * checked before it is used; a property's value is read only by what needs it.
 *
 * Leaves out: trees older than version 17, memory reservations.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapters 2, 3 and 5.
 */

#include "fdt.h"
#include "scan.h"

#include <ukd/core.h>
#include <ukd/errno.h>

/* Format: the header's cells. DTSpec 5.2. */

#define FDT_MAGIC		0xd00dfeedU
#define FDT_VERSION		17U
#define FDT_HEADER_CELLS	10U

enum fdt_header {
	FDT_HEADER_MAGIC,
	FDT_HEADER_TOTALSIZE,
	FDT_HEADER_OFF_STRUCT,
	FDT_HEADER_OFF_STRINGS,
	FDT_HEADER_OFF_RSVMAP,
	FDT_HEADER_VERSION,
	FDT_HEADER_LAST_COMP_VERSION,
	FDT_HEADER_BOOT_CPUID,
	FDT_HEADER_SIZE_STRINGS,
	FDT_HEADER_SIZE_STRUCT
};

_Static_assert(FDT_HEADER_SIZE_STRUCT + 1 == FDT_HEADER_CELLS, "ten cells");

/* Reading */

/* Where an offset is remembered: 2^32 over the golden ratio spreads them. */
static inline uint32_t *seen_at(struct ukd_scan *scan, uint32_t offset)
{
	return &scan->seen[offset * 0x9e3779b1U >> (32 - UKD_SEEN_BITS)];
}

static __attribute__((noinline)) uint32_t learn_name(struct ukd_scan *scan,
						     uint32_t offset)
{
	uint32_t name = ukd_name_of(ukd_core.strings + offset);

	*seen_at(scan, offset) = (offset + 1) << UKD_NAME_BITS | name;
	return name;
}

/* Which property the name at an offset is; the offset is in the block. */
static inline uint32_t name_at(struct ukd_scan *scan, uint32_t offset)
{
	uint32_t seen = *seen_at(scan, offset);

	if (seen >> UKD_NAME_BITS != offset + 1)
		return learn_name(scan, offset);
	return seen & ((1U << UKD_NAME_BITS) - 1);
}

/* The cell after a name with its terminating zero; NULL when it has no end. */
static const uint32_t *after_name(const uint32_t *cell, const uint32_t *end)
{
	uint32_t bytes;

	do {
		if (cell == end)
			return NULL;
		bytes = *cell++;
		/* not zero if one of the four bytes is */
	} while (!((bytes - 0x01010101U) & ~bytes & 0x80808080U));
	return cell;
}

/* Read the properties that stand next. DTSpec 5.4.1 and 5.4.2. */
static int read_properties(struct ukd_scan *scan)
{
	const uint32_t *next = scan->next, *end = scan->end;
	const uint32_t *last = end - UKD_FDT_PROP_CELLS;
	uint32_t strings_size = ukd_core.strings_size;
	uint32_t present = 0;

	while (next < end) {
		uint32_t token = ukd_be32(*next), size, offset, name;

		if (token == UKD_FDT_NOP) {
			next++;
			continue;
		}
		if (token != UKD_FDT_PROP) {
			scan->next = next;
			scan->present = present;
			return 0;
		}
		if (next > last)
			return -EINVAL;
		size = ukd_be32(next[1]);
		offset = ukd_be32(next[2]);
		next += UKD_FDT_PROP_CELLS;
		if (size > (size_t)((const char *)end - (const char *)next) ||
		    offset >= strings_size)
			return -EINVAL;
		name = name_at(scan, offset);
		scan->value[name] = next;
		present |= UKD_BIT(name);
		next += ((size_t)size + 3) / 4;
	}
	return -EINVAL;
}

/* Read a node up to its first child or its end. */
static int begin_node(struct ukd_scan *scan)
{
	int rc;

	if (scan->depth == UKD_DEPTH_MAX)
		return -EINVAL;
	scan->depth++;
	scan->level[scan->depth].name = (const char *)scan->next;
	scan->next = after_name(scan->next, scan->end);
	if (!scan->next)
		return -EINVAL;
	scan->properties = scan->next;

	rc = read_properties(scan);
	if (rc)
		return rc;
	ukd_judge(scan);
	if (ukd_be32(*scan->next) == UKD_FDT_BEGIN_NODE)
		ukd_expect_children(scan);
	return 0;
}

/* Read the nodes up to the root's end. DTSpec 5.4.2. */
static int read_nodes(struct ukd_scan *scan)
{
	int rc;

	while (scan->next < scan->end) {
		uint32_t token = ukd_be32(*scan->next++);

		if (token == UKD_FDT_END_NODE) {
			scan->depth--;
			if (!scan->depth)
				return 0;
		} else if (token == UKD_FDT_BEGIN_NODE) {
			rc = begin_node(scan);
			if (rc)
				return rc;
		} else if (token != UKD_FDT_NOP) {
			return -EINVAL;	/* properties after a child, too */
		}
	}
	return -EINVAL;
}

/* The next token that does something; 0, which is none, at the end. */
static uint32_t next_token(struct ukd_scan *scan)
{
	while (scan->next < scan->end) {
		uint32_t token = ukd_be32(*scan->next++);

		if (token != UKD_FDT_NOP)
			return token;
	}
	return 0;
}

/* Read one root node and the end. DTSpec 5.4.2. */
static int read_structure(struct ukd_scan *scan)
{
	int rc;

	if (next_token(scan) != UKD_FDT_BEGIN_NODE)
		return -EINVAL;
	rc = begin_node(scan);
	if (rc)
		return rc;
	rc = read_nodes(scan);
	if (rc)
		return rc;
	return next_token(scan) == UKD_FDT_END ? 0 : -EINVAL;
}

/* Check the header and note where the blocks are. DTSpec 5.2. */
static int read_header(const uint32_t *cell, size_t limit)
{
	uint32_t structure, structure_size, strings, strings_size, total;

	if ((uintptr_t)cell % 8 || limit < FDT_HEADER_CELLS * sizeof(*cell) ||
	    ukd_be32(cell[FDT_HEADER_MAGIC]) != FDT_MAGIC ||
	    ukd_be32(cell[FDT_HEADER_VERSION]) < FDT_VERSION ||
	    ukd_be32(cell[FDT_HEADER_LAST_COMP_VERSION]) > FDT_VERSION)
		return -EINVAL;

	total = ukd_be32(cell[FDT_HEADER_TOTALSIZE]);
	structure = ukd_be32(cell[FDT_HEADER_OFF_STRUCT]);
	structure_size = ukd_be32(cell[FDT_HEADER_SIZE_STRUCT]);
	strings = ukd_be32(cell[FDT_HEADER_OFF_STRINGS]);
	strings_size = ukd_be32(cell[FDT_HEADER_SIZE_STRINGS]);
	if (total > limit || structure % 4 || structure > total ||
	    structure < FDT_HEADER_CELLS * sizeof(*cell) ||
	    structure_size > total - structure || strings > total ||
	    strings_size > total - strings ||
	    strings_size >= UINT32_MAX >> UKD_NAME_BITS)
		return -EINVAL;

	ukd_core.structure = cell + structure / 4;
	ukd_core.structure_end = ukd_core.structure + structure_size / 4;
	ukd_core.strings = (const char *)cell + strings;
	ukd_core.strings_size = strings_size;
	/* so that every name in the block ends in it */
	return strings_size && ukd_core.strings[strings_size - 1] ? -EINVAL : 0;
}

static void forget(struct ukd_tree *tree)
{
	ukd_core.stdout_path = NULL;
	ukd_core.irqchip = (struct ukd_domain){ 0 };
	ukd_core.last_bus = NULL;
	ukd_core.record_count = 0;
	ukd_core.left_out = 0;
	ukd_core.tail_size = 0;
	ukd_core.bound_count = 0;
	ukd_core.turns = 0;
	ukd_core.is_unsettled = false;
	tree->model = "";
	tree->memory_count = 0;
	tree->reserved_count = 0;
	tree->irqchip = NULL;
	tree->irqchip_compatible = NULL;
}

int ukd_scan(const void *blob, size_t limit, struct ukd_tree *tree)
{
	struct ukd_scan scan;
	unsigned int i;
	int rc;

	forget(tree);
	rc = read_header(blob, limit);
	if (rc)
		return rc;

	scan.next = ukd_core.structure;
	scan.end = ukd_core.structure_end;
	scan.tree = tree;
	scan.unlisted = NULL;
	scan.depth = 0;
	scan.level[0] = (struct ukd_open_node){ 0 };
	for (i = 0; i < 1U << UKD_SEEN_BITS; i++)
		scan.seen[i] = 0;

	rc = read_structure(&scan);
	if (rc)
		forget(tree);
	return rc;
}
