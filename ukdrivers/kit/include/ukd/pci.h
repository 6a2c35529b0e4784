/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interface pci-bus@1: what a driver of a device on a PCI bus works with, and
 * what a driver of a PCI host provides. Neither knows the other.
 *
 * A device driver lists strings such as "pci1234,11e8" (vendor, device) or
 * "pciclass,070002" (class code) in its match table. `dev->region[n]` is BAR n,
 * translated and accessible, its size 0 where there is none, and where it is
 * for I/O which the host has no window for; `dev->irq[0]` is INTx, where the
 * function has it.
 *
 * Source: PCI Bus Binding to IEEE Std 1275-1994, revision 2.1 (the strings).
 */
#ifndef UKD_PCI_H
#define UKD_PCI_H

#include <ukd/driver.h>

#include <stdbool.h>

#define UKD_PCI_BARS		6

/* A function's address: bus, device and function number. Also `dev->unit`. */
#define UKD_PCI_FUNCTION(bus, device, function) \
	((uint32_t)(bus) << 8 | (uint32_t)(device) << 3 | (uint32_t)(function))
#define UKD_PCI_BUS_OF(address)		((address) >> 8)
#define UKD_PCI_DEVICE_OF(address)	((address) >> 3 & 0x1f)
#define UKD_PCI_FUNCTION_OF(address)	((address) & 0x7)

/* For device drivers */

/* Configuration space. `offset` is a multiple of the access's size. */
uint8_t ukd_pci_read8(const struct ukd_device *dev, unsigned int offset);
uint16_t ukd_pci_read16(const struct ukd_device *dev, unsigned int offset);
uint32_t ukd_pci_read32(const struct ukd_device *dev, unsigned int offset);
void ukd_pci_write8(const struct ukd_device *dev, unsigned int offset,
		    uint8_t value);
void ukd_pci_write16(const struct ukd_device *dev, unsigned int offset,
		     uint16_t value);
void ukd_pci_write32(const struct ukd_device *dev, unsigned int offset,
		     uint32_t value);

/**
 * Find the next capability with an identifier.
 *
 * @param after offset of the one found last, or 0
 *
 * @return its offset in configuration space, or 0; a list that leads in a
 *         circle ends
 */
unsigned int ukd_pci_capability(const struct ukd_device *dev, uint8_t id,
				unsigned int after);

/**
 * Let the function access memory as a bus master, or stop it.
 *
 * Its BARs are decoded already when a driver gets it; bus mastering is off.
 */
void ukd_pci_set_master(const struct ukd_device *dev, bool is_on);

/* For hosts that have PCI drivers of their own */

/**
 * Take a function that no linked driver lists; the host may define it.
 *
 * Called twice: first with only `bus` and `unit`, to ask whether the host has a
 * driver; then with regions and interrupt, its BARs decoded.
 *
 * @param dev valid during the call; the accesses above work on it
 *
 * @return 0; or a negative errno, and the function is left, switched off
 */
int ukd_pci_unlisted(const struct ukd_device *dev);

/* For providers */

/* Accesses to configuration space, 1, 2 or 4 bytes wide. */
struct ukd_pci_ops {
	/** @return all ones where there is no function */
	uint32_t (*read)(void *self, uint32_t function, unsigned int offset,
			 unsigned int bytes);
	void (*write)(void *self, uint32_t function, unsigned int offset,
		      unsigned int bytes, uint32_t value);
};

/**
 * Scan a host's buses, assign addresses, hand on what was found.
 *
 * Windows for addresses are the host node's `ranges`; interrupts go through
 * its `interrupt-map`. A host without `ranges` keeps the addresses that its
 * BARs have.
 *
 * @param dev the host
 * @param ops valid for the life of the image, as is `self`
 * @param first number of the bus below the host
 * @param last number that a bus there may have
 *
 * @return 0, -ENOMEM when the image takes no further host, -EINVAL for `ranges`
 *         that make no sense
 */
int ukd_pci_host_add(const struct ukd_device *dev, const struct ukd_pci_ops *ops,
		     void *self, uint8_t first, uint8_t last);

#endif /* UKD_PCI_H */
