/* SPDX-License-Identifier: BSD-3-Clause */
/* The devices of an image in which every driver scans the device tree. */

#include <ukd/core.h>

bool ukd_needs_tree(void)
{
	return true;
}

int ukd_find(const void *blob, size_t limit, struct ukd_tree *tree)
{
	return ukd_scan(blob, limit, tree);
}
