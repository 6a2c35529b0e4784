/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The nodes of the image's device tree, for the platform bus.
 *
 * Source: Devicetree Specification v0.4, 2.3.1 (the most specific string first).
 */

#include "bus.h"
#include "lookup.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <uk/plat/common/bootinfo.h>
#include <uk/print.h>

/* Read the tree, whatever its size; NULL when it is malformed. */
static const struct ukd_index *whole_index(const void *tree, struct uk_alloc *a)
{
	const struct ukd_index *index = ukd_lookup_read(tree, NULL, 0);
	struct ukd_index_node *room;

	if (index->count && index->count < index->total) {
		room = uk_calloc(a, index->total, sizeof(*room));
		if (room)
			ukd_lookup_read(tree, room, index->total);
		else
			uk_pr_err("%u nodes: no memory\n",
				  index->total - index->count);
	}
	return index->count ? index : NULL;
}

/* Offer a node by its strings until a driver keeps it or fails. */
static bool is_kept(struct pf_device *dev, const char *name,
		    struct ukd_index_value compatible)
{
	const char *string = compatible.bytes;

	for (; string < compatible.bytes + compatible.size;
	     string += strlen(string) + 1) {
		int rc = ukd_bus_offer(dev, string);

		if (!rc) {
			uk_pr_info("%s: bound as %s\n", name, string);
			return true;
		}
		if (rc != -ENODEV) {
			uk_pr_err("%s: %s: error %d\n", name, string, rc);
			return false;
		}
	}
	return false;
}

int ukd_bus_probe(struct uk_alloc *a)
{
	const void *tree = (const void *)ukplat_bootinfo_get()->dtb;
	const struct ukd_index *index;
	struct pf_device *dev = NULL;
	unsigned int i;

	if (!tree)
		return -ENODEV;
	index = whole_index(tree, a);
	if (!index) {
		uk_pr_err("device tree: malformed\n");
		return -EINVAL;
	}

	for (i = 0; i < index->count; i++) {
		const struct ukd_index_node *node = &index->node[i];

		if (node->disabled || !node->compatible)
			continue;
		if (!dev)
			dev = uk_calloc(a, 1, sizeof(*dev));
		if (!dev)
			return -ENOMEM;
		dev->fdt_offset = (int)node->offset;
		if (is_kept(dev, ukd_index_name(index, node),
			    ukd_index_compatible(index, node)))
			dev = NULL;	/* its driver's now */
	}
	uk_free(a, dev);
	return 0;
}
