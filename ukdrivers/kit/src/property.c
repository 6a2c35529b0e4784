/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One property of a node that the pass remembered.
 *
 * Assumes: the tree is unchanged since the pass, which checked its bounds.
 *
 * Source: Devicetree Specification v0.4, 2.2.4 and 5.4.
 */

#include "internal.h"

const void *ukd_property(const struct ukd_device *dev, const char *name,
			 size_t *size)
{
	const uint32_t *cell = dev->node;

	if (!cell)
		return NULL;

	for (;;) {
		uint32_t token = ukd_be32(*cell), bytes;

		if (token == UKD_FDT_NOP) {
			cell++;
			continue;
		}
		if (token != UKD_FDT_PROP)
			return NULL;

		bytes = ukd_be32(cell[1]);
		if (ukd_same(ukd_core.strings + ukd_be32(cell[2]), name)) {
			if (size)
				*size = bytes;
			return cell + UKD_FDT_PROP_CELLS;
		}
		cell += UKD_FDT_PROP_CELLS + (bytes + 3) / 4;
	}
}
