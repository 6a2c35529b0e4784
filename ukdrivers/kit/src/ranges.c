/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses translated from bus to bus towards the root.
 *
 * Supports:   one and two cells a number; on the child side of an entry three
 *             cells an address as well, as PCI has them.
 * Leaves out: translating an address of a PCI bus.
 *
 * Source: Devicetree Specification v0.4, 2.3.8 (ranges), 2.3.9 (dma-ranges).
 */

#include "tree_bus.h"

#include <ukd/bus.h>
#include <ukd/errno.h>

int ukd_range_entry(const struct ukd_bus *bus, struct ukd_value list,
		    unsigned int index, struct ukd_range *range)
{
	const uint32_t *cell = (const void *)list.bytes;
	uint32_t own = bus->address_cells, above = bus->above->address_cells;
	uint32_t cells = own + above + bus->size_cells;

	if ((own != 3 && !ukd_is_number(own)) || !ukd_is_number(above) ||
	    !ukd_is_number(bus->size_cells) ||
	    list.size % (cells * UKD_CELL_BYTES))
		return -EINVAL;
	if (index >= list.size / (cells * UKD_CELL_BYTES))
		return -ENODEV;

	cell += index * cells;
	range->space = 0;
	if (own == 3) {
		range->space = ukd_be32(*cell++);
		own = 2;
	}
	range->child = ukd_number(cell, own);
	range->base = ukd_number(cell + own, above);
	range->size = ukd_number(cell + own + above, bus->size_cells);
	return range->child + range->size < range->child ||
	       range->base + range->size < range->base ? -EINVAL : 0;
}

/* Step an address from a bus to the one above. @return NULL, or what's wrong */
static const char *step_up(const struct ukd_bus *bus, uint64_t *address)
{
	struct ukd_range range;
	unsigned int i;
	int rc;

	if (!bus->ranges.bytes)
		return "can't be translated: the bus has no ranges";
	if (!bus->ranges.size)	/* the same addresses */
		return NULL;

	for (i = 0; !(rc = ukd_range_entry(bus, bus->ranges, i, &range)); i++) {
		if (*address - range.child < range.size) {
			*address += range.base - range.child;
			return NULL;
		}
	}
	return rc == -ENODEV ? "is in none of the bus's ranges"
			     : "can't be translated: ranges of the bus make no sense";
}

const char *ukd_to_root(const struct ukd_bus **bus, uint64_t *address)
{
	const char *fault;

	for (; (*bus)->above; *bus = (*bus)->above) {
		fault = step_up(*bus, address);
		if (fault)
			return fault;
	}
	return NULL;
}
