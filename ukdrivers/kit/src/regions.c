/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A node's `reg`, its addresses translated to the root.
 *
 * Source: Devicetree Specification v0.4, 2.3.6.
 */

#include "tree_bus.h"

#include <ukd/errno.h>
#include <ukd/log.h>

/*
 * Read one entry.
 *
 * @param bus that the node is on; set to the one where it failed
 * @param fault set to what is wrong when -ERANGE is returned
 *
 * @return 0, -ENODEV past the last, -ERANGE
 */
static int read(const struct ukd_bus **bus, struct ukd_value reg,
		unsigned int index, struct ukd_region *region,
		const char **fault)
{
	uint32_t own, sizes;
	uint64_t start, end, base;
	const uint32_t *cell;

	/* without a size they are no addresses of memory */
	if (!*bus || !reg.size || !(*bus)->size_cells)
		return -ENODEV;
	own = (*bus)->address_cells;
	sizes = (*bus)->size_cells;
	*fault = "has a number of more than two cells";
	if (!ukd_is_number(own) || !ukd_is_number(sizes))
		return -ERANGE;

	start = (uint64_t)index * (own + sizes);
	end = start + own + sizes;
	if (start * UKD_CELL_BYTES >= reg.size)
		return -ENODEV;
	*fault = "is cut off, wanted address and size in cells of the bus";
	if (end * UKD_CELL_BYTES > reg.size)
		return -ERANGE;

	cell = (const uint32_t *)(const void *)reg.bytes + start;
	base = ukd_number(cell, own);
	region->size = (size_t)ukd_number(cell + own, sizes);
	*fault = ukd_to_root(bus, &base);
	if (!*fault && base + region->size < base)
		*fault = "reaches beyond 64 bits of address";
	region->base = (uintptr_t)base;
	return *fault ? -ERANGE : 0;
}

unsigned int ukd_regions(const struct ukd_bus *bus, struct ukd_value reg,
			 struct ukd_region *region, unsigned int max,
			 bool *is_odd)
{
	const char *fault;
	unsigned int count;
	int rc = 0;

	for (count = 0; count < max; count++) {
		const struct ukd_bus *way = bus;

		rc = read(&way, reg, count, &region[count], &fault);
		if (rc)
			break;
	}
	*is_odd = rc == -ERANGE;
	return count;
}

void ukd_warn_of_reg(const struct ukd_record *record)
{
	const struct ukd_device *dev = &record->dev;
	const struct ukd_bus *bus = record->bus;
	const char *fault = "";
	struct ukd_region region;

	read(&bus, ukd_node_property(dev->node, "reg"), dev->region_count,
	     &region, &fault);
	ukd_warn(dev, "reg: entry %u %s (bus %s)", dev->region_count, fault,
		 bus->above ? bus->name : "/");
}

int ukd_region(const struct ukd_device *dev, unsigned int index,
	       struct ukd_region *region)
{
	const struct ukd_record *record = ukd_record_of(dev);
	const struct ukd_bus *bus = record ? record->bus : NULL;
	const char *fault;
	int rc;

	if (!bus || !dev->node)
		return -ENODEV;
	rc = read(&bus, ukd_node_property(dev->node, "reg"), index, region,
		  &fault);
	return rc ? rc : ukd_map(region);
}
