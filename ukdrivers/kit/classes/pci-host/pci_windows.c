/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's windows, from its `ranges`, and what is taken from them.
 *
 * Source: PCI Bus Binding to IEEE Std 1275-1994, revision 2.1, 2.2.1
 *         (phys.hi);
 *         Devicetree Specification v0.4, 2.3.8.
 */

#include "pci_scan.h"

#include <ukd/bus.h>
#include <ukd/errno.h>

/* Of phys.hi. */
#define SPACE_CODE		UKD_MASK(25, 24)
#define SPACE_CONFIGURATION	0U
#define SPACE_IO		1U
#define SPACE_MEMORY_64		3U
#define SPACE_PREFETCHABLE	UKD_BIT(30)

#define LIMIT_32		(UINT64_C(1) << 32)

/* The space that a range serves: what can't be had below 4 GiB comes above. */
static enum pci_space space_of(const struct ukd_range *range)
{
	if (UKD_FIELD_GET(SPACE_CODE, range->space) == SPACE_IO)
		return PCI_IO;
	if (range->space & SPACE_PREFETCHABLE ||
	    range->child + range->size > LIMIT_32)
		return PCI_PREFETCHABLE;
	return PCI_MEMORY;
}

/* Keep a range, if it is the largest of its space. */
static void keep(struct pci_scan *scan, const struct ukd_range *range)
{
	enum pci_space space = space_of(range);
	struct pci_window *window = &scan->window[space];

	if (range->size <= window->end - window->next)
		return;
	if (space == PCI_PREFETCHABLE)
		scan->is_prefetched = range->space & SPACE_PREFETCHABLE;
	/* a BAR of 0 is one without an address: to devices, and to drivers */
	window->next = range->child ? range->child : 1;
	window->end = range->child + range->size;
	window->to_cpu = range->base - range->child;
}

static int check(const struct pci_scan *scan, unsigned int index,
		 const struct ukd_range *range)
{
	uint64_t limit = UKD_FIELD_GET(SPACE_CODE, range->space) ==
			 SPACE_MEMORY_64 ? UINT64_MAX : LIMIT_32;

	if (range->child < limit && range->size <= limit - range->child)
		return 0;
	ukd_err(scan->host->dev, "ranges: entry %u is %#lx+%#lx, wanted no end past %#lx",
		index, (unsigned long)range->child, (unsigned long)range->size,
		(unsigned long)limit);
	return -EINVAL;
}

int ukd_pci_windows(struct pci_scan *scan)
{
	struct ukd_range range;
	unsigned int index;
	int rc;

	for (index = 0; ; index++) {
		rc = ukd_ranges(scan->host->dev, index, &range);
		if (rc == -ENODEV)
			break;
		if (rc == -ERANGE) {
			ukd_warn(scan->host->dev, "ranges: entry %u can't be reached",
				 index);
			continue;
		}
		if (rc)
			return rc;
		if (UKD_FIELD_GET(SPACE_CODE, range.space) ==
		    SPACE_CONFIGURATION)
			continue;
		rc = check(scan, index, &range);
		if (rc)
			return rc;
		keep(scan, &range);
	}
	scan->keeps = !index;
	return 0;
}

/* Remember the larger of two pieces. */
static void leave_hole(struct pci_window *window, uint64_t first, uint64_t end)
{
	if (end - first > window->hole_end - window->hole) {
		window->hole = first;
		window->hole_end = end;
	}
}

static bool take_hole(struct pci_window *window, uint64_t size,
		      uint64_t *address)
{
	uint64_t first = pci_round_up(window->hole, size);
	uint64_t end = window->hole_end, before = window->hole;

	if (first < before || first > end || size > end - first)
		return false;
	window->hole = first + size;
	leave_hole(window, before, first);
	*address = first;
	return true;
}

bool ukd_pci_take(struct pci_scan *scan, const struct pci_bus *bus,
		  enum pci_space space, uint64_t size, uint64_t *address)
{
	struct pci_window *window = &scan->window[space];
	uint64_t first = pci_round_up(window->next, size);
	uint64_t end = bus->end[space];

	if (take_hole(window, size, address))
		return true;
	if (first < window->next || first > end || size > end - first)
		return false;
	leave_hole(window, window->next, first);
	window->next = first + size;
	*address = first;
	return true;
}
