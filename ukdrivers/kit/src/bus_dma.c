/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of memory as devices have to use them.
 *
 * Source: Devicetree Specification v0.4, 2.3.9.
 */

#include "tree_bus.h"

#include <ukd/bus.h>
#include <ukd/errno.h>

/* Step memory from the bus above to a bus. */
static bool step_down(const struct ukd_bus *bus, uint64_t *address, size_t size)
{
	struct ukd_value list = ukd_node_property(bus->node, "dma-ranges");
	struct ukd_range range;
	unsigned int i;

	if (!list.size)	/* the same addresses */
		return true;

	for (i = 0; !ukd_range_entry(bus, list, i, &range); i++) {
		uint64_t offset = *address - range.base;

		if (offset < range.size && size <= range.size - offset) {
			*address = range.child + offset;
			return true;
		}
	}
	return false;
}

int ukd_dma_address(const struct ukd_device *dev, uint64_t address, size_t size,
		    uint64_t *bus_address)
{
	const struct ukd_record *record = ukd_record_of(dev);
	const struct ukd_bus *bus, *last = NULL, *end;

	/* from the root on; the chain leads the other way */
	end = record ? record->bus : NULL;
	while (last != end) {
		for (bus = end; bus->above != last; bus = bus->above)
			;
		if (bus->above && !step_down(bus, &address, size))
			return -ERANGE;
		last = bus;
	}
	*bus_address = address;
	return 0;
}
