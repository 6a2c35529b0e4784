/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An index over a flattened device tree, made in one pass: for every node its
 * parent, its phandle, its compatible strings, and whether it is disabled.
 *
 * What the pass accepted can be read without looking at bounds again.
 *
 * Assumes: the tree stays as it was when it was read; ukd_index_holds() sees
 *          nodes and properties come and go, but not a phandle or a status
 *          overwritten in place.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapters 2 and 5.
 */
#ifndef UKD_INDEX_H
#define UKD_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ukd_index_node {
	uint32_t offset;	/* in the structure block */
	uint32_t compatible;	/* cell of that property, or 0 */
	uint32_t phandle;	/* or 0 */
	uint32_t parent : 31;	/* number of the node; the root's is its own */
	uint32_t disabled : 1;	/* itself or one of its ancestors */
};

struct ukd_index {
	const void *tree;	/* NULL: nothing was read */
	const uint32_t *structure;	/* first cell of the structure block */
	const char *strings;
	struct ukd_index_node *node;	/* in the tree's order */
	uint32_t capacity;	/* nodes there is room for */
	uint32_t count;		/* nodes in the index; 0: malformed tree */
	uint32_t total;		/* nodes in the tree */
	uint32_t structure_size;	/* big-endian, as in the header */
};

/* A property's value, in the tree; NULL bytes when it is absent. */
struct ukd_index_value {
	const char *bytes;
	uint32_t size;
};

/**
 * Read a tree into an index, which has its `node` and `capacity` set.
 *
 * When there are more nodes than that the first ones are in the index. A tree
 * that is malformed, or older than version 17, leaves it empty.
 */
void ukd_index_read(struct ukd_index *index, const void *tree);

/** Whether the index is of this tree, and the tree has kept its shape. */
bool ukd_index_holds(const struct ukd_index *index, const void *tree);

/** The node that starts at an offset; NULL when the index has none there. */
const struct ukd_index_node *ukd_index_at(const struct ukd_index *index,
					  int offset);

/**
 * Find a property.
 *
 * @param length of the name, which needs no terminating zero
 *
 * @return its first cell, which is its token, or NULL
 */
const uint32_t *ukd_index_property(const struct ukd_index *index,
				   const struct ukd_index_node *node,
				   const char *name, size_t length);

/** The node's compatible strings, each with its terminating zero. */
struct ukd_index_value
ukd_index_compatible(const struct ukd_index *index,
		     const struct ukd_index_node *node);

/* Its name, with the unit address. DTSpec 5.4.1. */
static inline const char *ukd_index_name(const struct ukd_index *index,
					 const struct ukd_index_node *node)
{
	return (const char *)index->structure + node->offset + 4;
}

/* A cell of the tree, which is big-endian. DTSpec 5.2. */
static inline uint32_t ukd_index_cell(uint32_t cell)
{
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "swaps");
	return __builtin_bswap32(cell);
}

#endif /* UKD_INDEX_H */
