/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of a node, translated bus by bus to the root.
 *
 * Supports:   one and two cells an address and a size.
 * Leaves out: PCI addresses, which have three cells.
 *
 * Source: Devicetree Specification v0.4, 2.3.6 (reg) and 2.3.8 (ranges).
 */

#include "internal.h"

#define CELL_BYTES	4U

/* Read a number of one or two cells. */
static uint64_t number(const uint32_t *cell, uint32_t count)
{
	uint64_t value = ukd_be32(cell[0]);

	if (count == 2)
		value = value << 32 | ukd_be32(cell[1]);
	return value;
}

static bool is_countable(uint32_t cells)
{
	return cells == 1 || cells == 2;
}

/* Step an address from the children of `bus` to its own bus; false: no way. */
static bool translate(const struct ukd_open_node *bus, uint64_t *address)
{
	const uint32_t *cell = (const void *)bus->ranges.bytes;
	uint32_t own = bus->address_cells, above = bus[-1].address_cells;
	uint32_t left = bus->ranges.size / CELL_BYTES;
	uint32_t entry = own + above + bus->size_cells;

	if (!cell)
		return false;
	if (!left)	/* empty: the same addresses */
		return true;
	if (!is_countable(above))
		return false;

	for (; left >= entry; left -= entry, cell += entry) {
		uint64_t offset = *address - number(cell, own);

		if (offset < number(cell + own + above, bus->size_cells)) {
			*address = number(cell + own, above) + offset;
			return true;
		}
	}
	return false;
}

/* Step an address all the way up; false when it can't be reached. */
static bool translate_to_root(const struct ukd_open_node *level, unsigned int bus,
			      uint64_t *address)
{
	for (; bus > 1; bus--) {
		if (!is_countable(level[bus].address_cells) ||
		    !is_countable(level[bus].size_cells) ||
		    !translate(&level[bus], address))
			return false;
	}
	return true;
}

unsigned int ukd_regions(const struct ukd_open_node *level, unsigned int bus,
			 struct ukd_value reg, struct ukd_region *region,
			 unsigned int max)
{
	const uint32_t *cell = (const void *)reg.bytes;
	uint32_t address_cells = level[bus].address_cells;
	uint32_t size_cells = level[bus].size_cells;
	uint32_t left = reg.size / CELL_BYTES;
	uint32_t entry = address_cells + size_cells;
	unsigned int count;

	if (!cell || !is_countable(address_cells) || !is_countable(size_cells))
		return 0;

	for (count = 0; count < max && left >= entry; count++) {
		uint64_t base = number(cell, address_cells);
		uint64_t size = number(cell + address_cells, size_cells);

		if (!translate_to_root(level, bus, &base) ||
		    base + size < base)
			break;
		region[count].base = (uintptr_t)base;
		region[count].size = (size_t)size;
		cell += entry;
		left -= entry;
	}
	return count;
}
