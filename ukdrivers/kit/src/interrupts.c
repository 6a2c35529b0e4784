/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of devices, followed through nexus nodes to the bound controller.
 *
 * Leaves out: controllers between a device and the bound one that are no mere
 *             nexus but have registers (cascades).
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), 2.4.
 */

#include "interrupts.h"
#include "tree_bus.h"

#include <ukd/errno.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

/* Nexus nodes between a device and the controller. */
#define STEPS_MAX	8U

/* No binding comes near it; it keeps sums of cells small. */
#define CELLS_MAX	64U

/* Domains */

static void read_node(const uint32_t *node, struct ukd_domain *domain)
{
	domain->node = node;
	domain->phandle = ukd_node_cell(node, "phandle", 0);
	domain->cells = ukd_node_cell(node, "#interrupt-cells", 0);
	/*
	 * Absent counts as 0, not as 2: boards leave it out of controllers
	 * without children, and maps then have no unit address for them.
	 */
	domain->unit_cells = ukd_node_cell(node, "#address-cells", 0);
	if (domain->cells > CELLS_MAX || domain->unit_cells > CELLS_MAX)
		domain->cells = 0;
}

/* The tree is searched only for what isn't the bound controller. */
bool ukd_read_domain(struct ukd_way *way, struct ukd_domain *domain)
{
	struct ukd_walk walk = ukd_walk();
	const uint32_t *node = way->to.node;
	uint32_t phandle = way->to.phandle;

	*domain = ukd_core.irqchip;
	if (node ? node == domain->node : phandle && phandle == domain->phandle)
		return true;
	way->fault = "wanted interrupt-parent on the node or above it";
	if (!node && !phandle)
		return false;

	way->fault = "which no node has";
	while (!way->to.node &&
	       (!node || ukd_node_cell(node, "phandle", 0) != phandle)) {
		node = ukd_next_node(&walk);
		if (!node)
			return false;
	}
	read_node(node, domain);
	way->to.phandle = domain->phandle;
	way->fault = "which has no #interrupt-cells";
	return domain->cells;
}

void ukd_note_irqchip(const struct ukd_device *dev)
{
	read_node(dev->node, &ukd_core.irqchip);
}

/* Nexus nodes. DTSpec 2.4.3. */

/* Whether an entry is for the interrupt: its masked unit and specifier. */
static bool fits(const struct ukd_way *way, const struct ukd_domain *nexus,
		 const uint32_t *mask, const uint32_t *entry)
{
	uint32_t i, own;

	for (i = 0; i < nexus->unit_cells + nexus->cells; i++) {
		if (i >= nexus->unit_cells)
			own = way->specifier[i - nexus->unit_cells];
		else
			own = i < way->unit_cells ? way->unit[i] : 0;
		if ((own ^ entry[i]) & (mask ? mask[i] : UINT32_MAX))
			return false;
	}
	return true;
}

/*
 * Pass an interrupt on.
 *
 * @param nexus replaced by the domain where it comes out
 *
 * @return 0, or -ENODEV or -EINVAL with way->fault set
 */
static int pass(struct ukd_way *way, struct ukd_domain *nexus)
{
	struct ukd_value map = ukd_node_property(nexus->node, "interrupt-map");
	struct ukd_value mask =
		ukd_node_property(nexus->node, "interrupt-map-mask");
	uint32_t own = nexus->unit_cells + nexus->cells;
	uint32_t left = map.size / UKD_CELL_BYTES, others;
	const uint32_t *cell = (const void *)map.bytes;
	struct ukd_domain next;
	struct ukd_way out;

	way->fault = "which is not the bound interrupt controller";
	if (!map.bytes)
		return -EINVAL;
	way->fault = "whose interrupt-map makes no sense";
	if (mask.bytes && mask.size != own * UKD_CELL_BYTES)
		return -EINVAL;
	while (left > own) {
		out.to.node = NULL;
		out.to.phandle = ukd_be32(cell[own]);
		if (!ukd_read_domain(&out, &next)) {
			*way = out;
			return -EINVAL;
		}
		others = next.unit_cells + next.cells;
		left -= own + 1;
		if (left < others)
			return -EINVAL;
		left -= others;
		out.unit = cell + own + 1;
		out.unit_cells = next.unit_cells;
		out.specifier = out.unit + next.unit_cells;
		if (fits(way, nexus, (const void *)mask.bytes, cell)) {
			*way = out;
			*nexus = next;
			return 0;
		}
		cell = out.specifier + next.cells;
	}
	if (left)
		return -EINVAL;
	way->fault = "whose interrupt-map has no entry for it";
	return -ENODEV;
}

int ukd_follow(struct ukd_way *way, struct ukd_domain domain,
	       struct ukd_irq *irq)
{
	unsigned int step;
	int rc;

	for (step = 0; step <= STEPS_MAX; step++) {
		way->fault = NULL;
		if (domain.node == ukd_core.irqchip.node)
			return ukd_irq_translate(way->specifier, domain.cells,
						 irq);
		rc = pass(way, &domain);
		if (rc)
			return rc;
	}
	way->fault = "where interrupt maps lead in a circle";
	return -EINVAL;
}

/* Interrupts of a node. DTSpec 2.4.1. */

/*
 * Take one interrupt; after one that fails the next ones would be at the wrong
 * place in `irq`.
 *
 * @param left how many cells there are
 *
 * @return how many its specifier has, or 0 when it failed
 */
static uint32_t take(struct ukd_device *dev, struct ukd_way *way, uint32_t left)
{
	unsigned int index = dev->irq_count;
	struct ukd_domain domain;
	struct ukd_value unit;
	int rc = -EINVAL;

	if (ukd_read_domain(way, &domain)) {
		way->fault = "and is cut off";
		if (left >= domain.cells) {
			if (domain.node != ukd_core.irqchip.node) {
				unit = ukd_node_property(dev->node, "reg");
				way->unit = (const void *)unit.bytes;
				way->unit_cells = unit.size / UKD_CELL_BYTES;
			}
			rc = ukd_follow(way, domain, &dev->irq[index]);
		}
	}
	if (!rc) {
		dev->irq_count++;
		return domain.cells;
	}
	if (way->fault)
		ukd_warn(dev, "interrupts: entry %u has parent %#x, %s", index,
			 way->to.phandle, way->fault);
	else
		ukd_warn(dev, "interrupts: entry %u refused by the interrupt controller (error %d)",
			 index, rc);
	return 0;
}

void ukd_take_interrupts(struct ukd_record *record)
{
	const uint32_t *cell = record->interrupts;
	uint32_t left, cells;

	if (!cell)
		return;
	left = ukd_be32(cell[-2]) / UKD_CELL_BYTES;
	while (left && record->dev.irq_count < UKD_IRQS_MAX) {
		struct ukd_way way = { .to.phandle = record->phandle };

		if (record->is_extended) {
			way.to.phandle = ukd_be32(*cell++);
			left--;
		} else if (!way.to.phandle && record->bus) {
			way.to = record->bus->parent;
		}
		way.specifier = cell;
		cells = take(&record->dev, &way, left);
		if (!cells)
			return;
		cell += cells;
		left -= cells;
	}
}
