/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index of the image's device tree: for the look-ups that stand in for the
 * tree library's, and for the bus.
 */
#ifndef UKD_LOOKUP_H
#define UKD_LOOKUP_H

#include "index.h"

/**
 * The index of a tree, which is read now if no tree was.
 *
 * @return NULL when another tree was read, when this one has changed its shape
 *         since, or is malformed
 */
const struct ukd_index *ukd_lookup(const void *tree);

/**
 * Make the index that of a tree.
 *
 * @param room for `capacity` nodes, used for good; NULL: what there is
 *
 * @return the index: incomplete when its `total` is more than its `count`
 */
const struct ukd_index *ukd_lookup_read(const void *tree,
					struct ukd_index_node *room,
					uint32_t capacity);

#endif /* UKD_LOOKUP_H */
