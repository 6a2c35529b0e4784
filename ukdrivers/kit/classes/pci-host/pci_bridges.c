/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bridges: bus numbers, and windows as large as what is behind them took.
 *
 * Source: PCI-to-PCI Bridge Architecture Specification, revision 1.2, 3.2; PCI
 *         Express Base Specification, Revision 5.0, Version 1.0 ("PCIe").
 */

#include "pci_scan.h"

/* Nested bridges; bounds the stack. */
#define DEPTH_MAX	16U

/* A window that lets nothing through begins past its end. */
#define CLOSED_FIRST	UINT64_MAX
#define CLOSED_LAST	UINT64_C(0)

static const uint32_t unit[PCI_SPACES] = {
	[PCI_IO] = PCI_BRIDGE_IO_UNIT,
	[PCI_MEMORY] = PCI_BRIDGE_MEMORY_UNIT,
	[PCI_PREFETCHABLE] = PCI_BRIDGE_MEMORY_UNIT,
};

/* Upper halves that a bridge doesn't have ignore the write. */
static void set_window(const struct pci_host *host, uint32_t bridge,
		       enum pci_space space, uint64_t first, uint64_t last)
{
	uint32_t pair = (uint32_t)(first >> 16 & 0xfff0) |
			(uint32_t)(last & UKD_MASK(31, 20));

	switch (space) {
	case PCI_IO:
		ukd_pci_put(host, bridge, PCI_BRIDGE_IO, 2,
			    (uint32_t)((first >> 8 & 0xf0) | (last & 0xf000)));
		ukd_pci_put(host, bridge, PCI_BRIDGE_IO_UPPER, 4,
			    (uint32_t)((first >> 16 & 0xffff) |
				       (last & UKD_MASK(31, 16))));
		break;
	case PCI_MEMORY:
		ukd_pci_put(host, bridge, PCI_BRIDGE_MEMORY, 4, pair);
		break;
	default:
		ukd_pci_put(host, bridge, PCI_BRIDGE_PREFETCHABLE, 4, pair);
		ukd_pci_put(host, bridge, PCI_BRIDGE_PREF_BASE, 4,
			    (uint32_t)(first >> 32));
		ukd_pci_put(host, bridge, PCI_BRIDGE_PREF_LIMIT, 4,
			    (uint32_t)(last >> 32));
	}
}

/*
 * Before another bridge on the bus is crossed, because this one may still have
 * numbers and windows from firmware, and would answer for it.
 */
void ukd_pci_close(const struct pci_scan *scan, uint32_t bridge)
{
	unsigned int space;

	ukd_pci_put(scan->host, bridge, PCI_BRIDGE_BUSES, 4, 0);
	ukd_pci_put(scan->host, bridge, PCI_BRIDGE_ROM, 4, 0);
	ukd_pci_put(scan->host, bridge, PCI_BRIDGE_CONTROL, 2, 0);
	if (scan->keeps)
		return;
	for (space = 0; space < PCI_SPACES; space++)
		set_window(scan->host, bridge, space, CLOSED_FIRST,
			   CLOSED_LAST);
}

/**
 * How far a bridge's window into a space can reach.
 *
 * The window is closed: a base register that reads 0 then isn't there.
 *
 * @return first address past it; 0 without a window
 *
 * Source: PCIe 7.5.1.3.6, 7.5.1.3.8, 7.5.1.3.9.
 */
static uint64_t reach(const struct pci_host *host, uint32_t bridge,
		      enum pci_space space)
{
	uint32_t base;

	if (space == PCI_MEMORY)
		return UINT64_C(1) << 32;
	base = space == PCI_IO ?
	       ukd_pci_get(host, bridge, PCI_BRIDGE_IO, 1) :
	       ukd_pci_get(host, bridge, PCI_BRIDGE_PREFETCHABLE, 2);
	if (!base)
		return 0;
	if ((base & PCI_BRIDGE_WIDTH) != PCI_BRIDGE_WIDE)
		return space == PCI_IO ? UINT64_C(1) << 16 : UINT64_C(1) << 32;
	return space == PCI_IO ? UINT64_C(1) << 32 : UINT64_MAX;
}

/* Open the rest of each window, for what comes behind the bridge. */
static void open_windows(struct pci_scan *scan, const struct pci_bus *parent,
			 struct pci_bus *bus)
{
	unsigned int space;

	for (space = 0; space < PCI_SPACES; space++) {
		struct pci_window *window = &scan->window[space];
		uint64_t end = reach(scan->host, bus->bridge, space);
		uint64_t first = pci_round_up(window->next, unit[space]);

		if (end > parent->end[space])
			end = parent->end[space];
		end &= -(uint64_t)unit[space];
		window->hole = 0;
		window->hole_end = 0;
		if (first < window->next || first >= end)
			continue;
		bus->end[space] = end;
		bus->first[space] = first;
		window->next = first;
		set_window(scan->host, bus->bridge, space, first, end - 1);
	}
}

/* Leave each window as large as it has to be, in the bridge's units. */
static void narrow_windows(const struct pci_scan *scan,
			   const struct pci_bus *bus)
{
	unsigned int space;

	for (space = 0; space < PCI_SPACES; space++) {
		uint64_t first = bus->first[space];
		uint64_t last = scan->window[space].next - 1;

		if (!bus->end[space])
			continue;
		if (last < first) {
			first = CLOSED_FIRST;
			last = CLOSED_LAST;
		}
		set_window(scan->host, bus->bridge, space, first, last);
	}
}

/* Behind a port is a link, with one device at its end. PCIe 7.3.1, 7.5.3.2. */
static uint8_t devices_behind(const struct pci_host *host, uint32_t bridge)
{
	const uint32_t links = UKD_BIT(PCIE_ROOT_PORT) |
			       UKD_BIT(PCIE_DOWNSTREAM_PORT) |
			       UKD_BIT(PCIE_FROM_PCI_BRIDGE);
	unsigned int capability = ukd_pci_find(host, bridge,
					       PCI_CAPABILITY_PCIE, 0);
	uint32_t value = capability ?
			 ukd_pci_get(host, bridge,
				     capability + PCIE_CAPABILITIES, 2) : 0;

	return links >> UKD_FIELD_GET(PCIE_PORT_TYPE, value) & 1 ? 1 : 32;
}

/* Let configuration accesses through to buses. PCIe 7.5.1.3.2 to 7.5.1.3.4. */
static void set_buses(const struct pci_scan *scan, const struct pci_bus *bus,
		      uint32_t last)
{
	ukd_pci_put(scan->host, bus->bridge, PCI_BRIDGE_BUSES, 4,
		    bus->parent->number | (uint32_t)bus->number << 8 |
		    last << 16);
}

/* Whether there can be another bus; said once when there can't. */
static bool has_room(struct pci_scan *scan, const struct pci_bus *parent,
		     uint32_t bridge)
{
	const char *problem = NULL;

	if (parent->depth == DEPTH_MAX)
		problem = "it is nested too deep";
	else if (scan->last == scan->host->last)
		problem = "no bus number is left";
	if (problem && !scan->is_full)
		pci_report(scan, bridge, "bridge left, with all behind it: %s",
			   problem);
	scan->is_full |= problem != NULL;
	return !problem;
}

void ukd_pci_cross(struct pci_scan *scan, const struct pci_bus *parent,
		   uint32_t bridge)
{
	struct pci_bus bus = { .parent = parent, .bridge = bridge };

	if (!has_room(scan, parent, bridge))
		return;
	bus.number = ++scan->last;
	bus.depth = parent->depth + 1;
	bus.devices = devices_behind(scan->host, bridge);

	set_buses(scan, &bus, scan->host->last);
	if (!scan->keeps)
		open_windows(scan, parent, &bus);
	ukd_pci_put(scan->host, bridge, PCI_COMMAND, 2,
		    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);

	ukd_pci_scan(scan, &bus);

	set_buses(scan, &bus, scan->last);
	narrow_windows(scan, &bus);
}
