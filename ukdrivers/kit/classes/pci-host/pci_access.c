/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver of a PCI device calls: configuration space of its function.
 *
 * Source: PCI Local Bus Specification, revision 3.0, 6.2.2 (bus mastering),
 *         6.7 (capabilities).
 */

#include "pci_scan.h"

uint32_t ukd_pci_get(const struct pci_host *host, uint32_t function,
		     unsigned int offset, unsigned int bytes)
{
	return host->ops->read(host->self, function, offset, bytes);
}

void ukd_pci_put(const struct pci_host *host, uint32_t function,
		 unsigned int offset, unsigned int bytes, uint32_t value)
{
	host->ops->write(host->self, function, offset, bytes, value);
}

#define ACCESSORS(bits)							\
uint##bits##_t ukd_pci_read##bits(const struct ukd_device *dev,		\
				  unsigned int offset)			\
{									\
	return (uint##bits##_t)ukd_pci_get(dev->bus, dev->unit, offset,	\
					   (bits) / 8);			\
}									\
									\
void ukd_pci_write##bits(const struct ukd_device *dev,			\
			 unsigned int offset, uint##bits##_t value)	\
{									\
	ukd_pci_put(dev->bus, dev->unit, offset, (bits) / 8, value);	\
}

ACCESSORS(8)
ACCESSORS(16)
ACCESSORS(32)

/*
 * The list is followed from its start each time, and no further than to an
 * entry that was seen before: so a caller's loop ends as well.
 */
unsigned int ukd_pci_find(const struct pci_host *host, uint32_t function,
			  uint8_t id, unsigned int after)
{
	unsigned int offset, link = PCI_CAPABILITIES;
	uint32_t status = ukd_pci_get(host, function, PCI_STATUS, 2);
	bool is_past = !after;
	uint64_t seen = 0;

	if (!(status & PCI_STATUS_CAPABILITIES))
		return 0;
	for (;;) {
		offset = ukd_pci_get(host, function, link, 1) &
			 PCI_CAPABILITY_ALIGN;
		if (offset < PCI_CAPABILITY_FIRST ||
		    seen & UINT64_C(1) << offset / 4)
			return 0;
		seen |= UINT64_C(1) << offset / 4;

		if (is_past && ukd_pci_get(host, function, offset, 1) == id)
			return offset;
		is_past |= offset == after;
		link = offset + 1;
	}
}

unsigned int ukd_pci_capability(const struct ukd_device *dev, uint8_t id,
				unsigned int after)
{
	return ukd_pci_find(dev->bus, dev->unit, id, after);
}

pci_once void ukd_pci_set_master(const struct ukd_device *dev, bool is_on)
{
	uint32_t command = ukd_pci_get(dev->bus, dev->unit, PCI_COMMAND, 2);

	command &= ~PCI_COMMAND_MASTER;
	if (is_on)
		command |= PCI_COMMAND_MASTER;
	ukd_pci_put(dev->bus, dev->unit, PCI_COMMAND, 2, command);
}
