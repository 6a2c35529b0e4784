/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver of a bus asks of its node.
 *
 * Source: Devicetree Specification v0.4, 2.3.8 (ranges), 2.4.3 (interrupt-map).
 */

#include "interrupts.h"
#include "tree_bus.h"

#include <ukd/bus.h>
#include <ukd/errno.h>
#include <ukd/log.h>

int ukd_ranges(const struct ukd_device *dev, unsigned int index,
	       struct ukd_range *range)
{
	const struct ukd_record *record = ukd_record_of(dev);
	const struct ukd_bus *bus;
	int rc;

	bus = record && record->dev.node ? ukd_bus_of(record) : NULL;
	if (!bus || !bus->above || !bus->ranges.size)
		return -ENODEV;
	rc = ukd_range_entry(bus, bus->ranges, index, range);
	if (rc == -EINVAL)
		ukd_err(dev, "ranges: entry %u is cut off, has a number of more than two cells, or reaches beyond 64 bits of address",
			index);
	if (rc)
		return rc;
	bus = bus->above;
	return ukd_to_root(&bus, &range->base) ? -ERANGE : 0;
}

int ukd_irq_map(const struct ukd_device *dev, const uint32_t *unit,
		const uint32_t *specifier, struct ukd_irq *irq)
{
	struct ukd_way way = {
		.to.node = dev->node,
		.unit = unit,
		.unit_cells = UINT32_MAX,
		.specifier = specifier,
	};
	struct ukd_domain domain;
	int rc = -EINVAL;

	if (!ukd_core.irqchip.cells || !dev->node ||
	    !ukd_node_property(dev->node, "interrupt-map").bytes)
		return -ENODEV;
	if (ukd_read_domain(&way, &domain))
		rc = ukd_follow(&way, domain, irq);
	if (rc == -EINVAL && way.fault)
		ukd_warn(dev, "interrupt-map: it leads to parent %#x, %s",
			 way.to.phandle, way.fault);
	return rc;
}
