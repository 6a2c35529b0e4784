/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Base address registers: how much each wants, and where it gets it.
 *
 * Source: PCI Local Bus Specification, revision 3.0, 6.2.5.1.
 */

#include "pci_scan.h"

#include <ukd/core.h>

struct bar {
	uint64_t size;		/* a power of two; 0: not implemented */
	uint64_t kept;		/* the address it had */
	uint32_t decode;	/* of PCI_COMMAND: what it needs */
	bool is_64;
	bool is_prefetchable;
};

/*
 * Read one register and what it answers to all ones. Nothing is decoded, so
 * the value between them harms nobody.
 */
static uint32_t probe(const struct pci_host *host, uint32_t function,
		      unsigned int index, uint32_t *kept)
{
	unsigned int offset = PCI_BAR(index);
	uint32_t answer;

	*kept = ukd_pci_get(host, function, offset, 4);
	ukd_pci_put(host, function, offset, 4, UINT32_MAX);
	answer = ukd_pci_get(host, function, offset, 4);
	ukd_pci_put(host, function, offset, 4, *kept);
	return answer;
}

/* The bits that keep what is written are those from the size on upwards. */
static bool set_size(struct bar *bar, uint64_t bits, uint64_t kept)
{
	bar->size = bits & -bits;
	bar->kept = kept & bits;
	return bits && bits == -bar->size;
}

static bool read_io(struct bar *bar, uint32_t answer, uint32_t kept)
{
	uint32_t bits = answer & PCI_BAR_IO_ADDRESS;

	if (answer & PCI_BAR_IO_RESERVED)
		return false;
	if (bits && !(bits >> 16))	/* a decoder of 16 bits */
		bits |= UKD_MASK(31, 16);
	bar->decode = PCI_COMMAND_IO;
	/* sign extended: from the size on upwards here, too */
	return set_size(bar, (uint64_t)(int64_t)(int32_t)bits, kept);
}

/**
 * Find out what a BAR wants.
 *
 * @param count of the function's BARs: the last has no upper half
 * @param bar filled in
 *
 * @return false when the register makes no sense
 */
static bool read_bar(const struct pci_host *host, uint32_t function,
		     unsigned int index, unsigned int count, struct bar *bar)
{
	uint32_t answer, kept, kept_upper = 0, upper = UINT32_MAX;

	*bar = (struct bar){ 0 };
	answer = probe(host, function, index, &kept);
	if (!answer)
		return true;
	if (answer & PCI_BAR_IO)
		return read_io(bar, answer, kept);

	bar->decode = PCI_COMMAND_MEMORY;
	bar->is_prefetchable = answer & PCI_BAR_PREFETCHABLE;
	bar->is_64 = UKD_FIELD_GET(PCI_BAR_TYPE, answer) == PCI_BAR_TYPE_64;
	if (bar->is_64) {
		if (index + 1 == count)
			return false;
		upper = probe(host, function, index + 1, &kept_upper);
	} else if (UKD_FIELD_GET(PCI_BAR_TYPE, answer) != PCI_BAR_TYPE_32) {
		return false;
	} else if (!(answer & PCI_BAR_ADDRESS)) {
		return false;
	}
	return set_size(bar, (uint64_t)upper << 32 | (answer & PCI_BAR_ADDRESS),
			(uint64_t)kept_upper << 32 | kept);
}

/*
 * Take an address, where the BAR can use it: above 4 GiB only with 64 bits,
 * and prefetchable memory wherever there is room. Memory that isn't may come
 * into a window for what is only on the host's own bus, where no bridge reads
 * ahead, and if the host doesn't either.
 */
static bool place(struct pci_scan *scan, const struct pci_bus *bus,
		  const struct bar *bar, enum pci_space *space,
		  uint64_t *address)
{
	bool reaches = bar->is_64 ||
		       bus->end[PCI_PREFETCHABLE] <= UINT64_C(1) << 32;

	*space = PCI_IO;
	if (bar->decode == PCI_COMMAND_IO)
		return ukd_pci_take(scan, bus, *space, bar->size, address);

	*space = PCI_PREFETCHABLE;
	if (bar->is_prefetchable && reaches &&
	    ukd_pci_take(scan, bus, *space, bar->size, address))
		return true;
	*space = PCI_MEMORY;
	if (ukd_pci_take(scan, bus, *space, bar->size, address))
		return true;
	*space = PCI_PREFETCHABLE;
	return reaches && !bus->parent && !scan->is_prefetched &&
	       ukd_pci_take(scan, bus, *space, bar->size, address);
}

/**
 * Give a BAR its address, or find the one it has.
 *
 * @return NULL, or why not
 */
static const char *assign(struct pci_scan *scan, const struct pci_bus *bus,
			  uint32_t function, unsigned int index,
			  const struct bar *bar, struct ukd_region *region)
{
	uint64_t address = bar->kept, to_cpu = 0;
	enum pci_space space;

	if (scan->keeps) {
		if (!address)
			return "it has no address, and the host no ranges";
	} else {
		if (!place(scan, bus, bar, &space, &address))
			return "no room in the host's ranges";
		to_cpu = scan->window[space].to_cpu;
		ukd_pci_put(scan->host, function, PCI_BAR(index), 4,
			    (uint32_t)address);
		if (bar->is_64)
			ukd_pci_put(scan->host, function, PCI_BAR(index + 1), 4,
				    (uint32_t)(address >> 32));
	}
	region->base = address + to_cpu;
	region->size = bar->size;
	return NULL;
}

bool ukd_pci_assign(struct pci_scan *scan, const struct pci_bus *bus,
		    uint32_t function, unsigned int count,
		    struct ukd_region *region)
{
	struct ukd_region nobodys;
	const char *problem = NULL;
	unsigned int index;
	uint32_t decode = 0;
	struct bar bar;

	for (index = 0; index < count; index += 1 + bar.is_64) {
		struct ukd_region *own = region ? &region[index] : &nobodys;

		if (!read_bar(scan->host, function, index, count, &bar))
			problem = "its size makes no sense";
		else if (bar.decode == PCI_COMMAND_IO && !bus->end[PCI_IO])
			continue;	/* out of reach: as if it weren't there */
		else if (bar.size)
			problem = assign(scan, bus, function, index, &bar, own);
		if (!problem && bar.size && region && ukd_map(own))
			problem = "it can't be mapped";
		if (problem) {
			pci_report(scan, function, "BAR %u of %#lx bytes: %s",
				   index, (unsigned long)bar.size, problem);
			return false;
		}
		decode |= bar.decode;
	}
	ukd_pci_put(scan->host, function, PCI_COMMAND, 2, decode);
	return true;
}
