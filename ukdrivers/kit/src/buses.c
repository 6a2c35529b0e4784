/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The buses between the root and the devices that were remembered, each made
 * once, and not before there is such a device.
 *
 * Source: Devicetree Specification v0.4, 2.3.5 (what is absent), 2.4 (where
 * interrupts go).
 */

#include "tree_bus.h"

/* The driver's record of a node that is a bus, or NULL. */
static const struct ukd_record *driven_bus(const uint32_t *node)
{
	unsigned int i;

	for (i = 0; i < ukd_core.record_count; i++) {
		const struct ukd_record *record = &ukd_core.block.record[i];

		if (record->class == UKD_CLASS_BUS && record->dev.node == node)
			return record;
	}
	return NULL;
}

const struct ukd_bus *ukd_new_bus(const char *name, const uint32_t *node,
				  const struct ukd_bus *above)
{
	struct ukd_bus *bus = ukd_take(sizeof(*bus));

	if (!bus)
		return NULL;
	bus->above = above;
	bus->before = ukd_core.last_bus;
	bus->node = node;
	bus->name = name;
	bus->ranges = ukd_node_property(node, "ranges");
	bus->address_cells = ukd_node_cell(node, "#address-cells", 2);
	bus->size_cells = ukd_node_cell(node, "#size-cells", 1);
	bus->gate = driven_bus(node);
	if (!bus->gate && above)
		bus->gate = above->gate;

	bus->parent.node = NULL;
	bus->parent.phandle = ukd_node_cell(node, "interrupt-parent", 0);
	/* beside #interrupt-cells, that is for the node's own interrupts */
	if (ukd_node_property(node, "#interrupt-cells").bytes)
		bus->parent.node = node;
	else if (!bus->parent.phandle && above)
		bus->parent = above->parent;
	ukd_core.last_bus = bus;
	return bus;
}

const struct ukd_bus *ukd_bus_of(const struct ukd_record *record)
{
	const struct ukd_bus *bus;

	for (bus = ukd_core.last_bus; bus; bus = bus->before) {
		if (bus->node == record->dev.node)
			return bus;
	}
	return ukd_new_bus(record->dev.path, record->dev.node, record->bus);
}
