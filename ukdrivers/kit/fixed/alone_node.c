/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What drivers ask of nodes, answered from what is built in.
 *
 * Here a device's `node` is a struct ukd_fixed.
 */

#include "fixed.h"

#include <ukd/errno.h>
#include <ukd/irqchip.h>

const void *ukd_property(const struct ukd_device *dev, const char *name,
			 size_t *size)
{
	const struct ukd_fixed *fixed = dev->node;
	unsigned int i;

	for (i = 0; fixed && i < fixed->property_count; i++) {
		const struct ukd_fixed_property *one = 
			&ukd_board.property[fixed->property + i];

		if (!ukd_same(one->name, name))
			continue;
		if (size)
			*size = one->size;
		return one->value;
	}
	return NULL;
}

int ukd_region(const struct ukd_device *dev, unsigned int index,
	       struct ukd_region *region)
{
	const struct ukd_fixed *fixed = dev->node;

	if (!fixed || index >= fixed->region_count)
		return -ENODEV;
	*region = ukd_board.region[fixed->region + index];
	return ukd_map(region);
}

static const struct ukd_fixed_links *links_of(const struct ukd_device *dev)
{
	const struct ukd_fixed *fixed = dev->node;

	return fixed ? fixed->links : NULL;
}

/* Buses */

int ukd_ranges(const struct ukd_device *dev, unsigned int index,
	       struct ukd_range *range)
{
	const struct ukd_fixed_links *links = links_of(dev);

	if (!links || index >= links->range_count)
		return -ENODEV;
	*range = links->range[index];
	return range->size ? 0 : -ERANGE;
}

static const struct ukd_bus same_addresses;

const struct ukd_bus *ukd_bus_of(const struct ukd_record *record)
{
	const struct ukd_fixed_links *links = links_of(&record->dev);

	return links && links->below ? links->below : &same_addresses;
}

int ukd_dma_address(const struct ukd_device *dev, uint64_t address, size_t size,
		    uint64_t *bus_address)
{
	const struct ukd_record *record = ukd_record_of(dev);
	const struct ukd_bus *bus = record ? record->bus : NULL;
	unsigned int i;

	*bus_address = address;
	if (!bus || !bus->window)
		return 0;
	for (i = 0; i < bus->window_count; i++) {
		const struct ukd_fixed_window *window = &bus->window[i];
		uint64_t offset = address - window->address;

		if (offset < window->size && size <= window->size - offset) {
			*bus_address = window->bus_address + offset;
			return 0;
		}
	}
	return -ERANGE;
}

/* Interrupts */

void ukd_note_irqchip(const struct ukd_device *dev)
{
	(void)dev;

	ukd_core.irqchip.cells = 1;	/* there is one */
}

static bool fits(const struct ukd_fixed_links *links, const uint32_t *from,
		 const uint32_t *unit, const uint32_t *specifier,
		 unsigned int unit_cells)
{
	unsigned int i;

	for (i = 0; i < links->from_cells; i++) {
		uint32_t own = i < unit_cells ? unit[i]
					      : specifier[i - unit_cells];

		if ((own ^ from[i]) & links->mask[i])
			return false;
	}
	return true;
}

int ukd_irq_map(const struct ukd_device *dev, const uint32_t *unit,
		const uint32_t *specifier, struct ukd_irq *irq)
{
	const struct ukd_fixed_links *links = links_of(dev);
	unsigned int i;

	if (!ukd_core.irqchip.cells || !links || !links->route)
		return -ENODEV;
	for (i = 0; i < links->route_count; i++) {
		const struct ukd_fixed_route *route = &links->route[i];

		if (fits(links, route->from, unit, specifier,
			 links->unit_cells))
			return ukd_irq_translate(route->to, links->to_cells,
						 irq);
	}
	return -ENODEV;
}
