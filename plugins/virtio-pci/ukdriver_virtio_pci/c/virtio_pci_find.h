/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration space of a virtio device: where its structures are.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.1.4.
 */
#ifndef VIRTIO_PCI_FIND_H
#define VIRTIO_PCI_FIND_H

#include "virtio_pci_regs.h"

#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/pci.h>

#include <stddef.h>
#include <stdint.h>

/* State */

struct virtio_pci {
	uintptr_t isr;
	const struct ukd_device *dev;
	uintptr_t common;
	struct ukd_region notify;
	struct ukd_region config;	/* size 0: the device has none */
	uint32_t multiplier;		/* of a queue's notification offset */
};

/* Helpers */

/* What a structure has to be, by its type. VIRTIO 4.1.4.3 to 4.1.4.5. */
static const struct {
	const char *name;
	uint32_t size;		/* bytes, at least */
	uint32_t align;
} virtio_pci_wanted[] = {
	[VIRTIO_PCI_COMMON] = { "common", COMMON_SIZE, 4 },
	[VIRTIO_PCI_NOTIFY] = { "notification", NOTIFY_SIZE, 2 },
	[VIRTIO_PCI_ISR] = { "ISR", ISR_SIZE, 1 },
	[VIRTIO_PCI_DEVICE] = { "device", 1, 4 },
};

/**
 * Read where a capability leads, unless an earlier one of its type was fine.
 *
 * The device wrote all of it: whatever isn't wholly in a BAR isn't used.
 *
 * @param at the capability, in configuration space
 * @param found by type; size 0: none yet
 * @param multiplier set when it is the notification capability
 *
 * Source: VIRTIO 4.1.4.
 */
static void virtio_pci_read(const struct ukd_device *dev, unsigned int at,
			    struct ukd_region *found, uint32_t *multiplier)
{
	unsigned int type, bar, size = VIRTIO_PCI_CAP_SIZE;
	uint32_t offset, length;

	type = ukd_pci_read8(dev, at + VIRTIO_PCI_CAP_TYPE);
	if (type == VIRTIO_PCI_NOTIFY)
		size = VIRTIO_PCI_CAP_NOTIFY_SIZE;
	if (type < VIRTIO_PCI_COMMON || type > VIRTIO_PCI_DEVICE ||
	    found[type].size || at + size > PCI_CONFIG_SIZE)
		return;

	bar = ukd_pci_read8(dev, at + VIRTIO_PCI_CAP_BAR);
	offset = ukd_pci_read32(dev, at + VIRTIO_PCI_CAP_OFFSET);
	length = ukd_pci_read32(dev, at + VIRTIO_PCI_CAP_LENGTH);
	if (bar >= dev->region_count || offset > dev->region[bar].size ||
	    length > dev->region[bar].size - offset ||
	    length < virtio_pci_wanted[type].size ||
	    offset & (virtio_pci_wanted[type].align - 1))
		return;

	found[type].base = dev->region[bar].base + offset;
	found[type].size = length;
	if (type == VIRTIO_PCI_NOTIFY)
		*multiplier = ukd_pci_read32(dev,
					     at + VIRTIO_PCI_CAP_MULTIPLIER);
}

/**
 * Find the device's structures.
 *
 * @return 0, or -EINVAL when one is missing that every device has
 */
static int virtio_pci_find(struct virtio_pci *pci, uint32_t id)
{
	struct ukd_region found[VIRTIO_PCI_DEVICE + 1] = { 0 };
	const struct ukd_device *dev = pci->dev;
	unsigned int type, at = 0;

	at = ukd_pci_capability(dev, PCI_CAPABILITY_VENDOR, 0);
	if (!at) {
		ukd_err(dev, "virtio device %u: legacy only, want one with the capabilities of VIRTIO version 1.0 or later",
			id);
		return -EINVAL;
	}
	for (; at; at = ukd_pci_capability(dev, PCI_CAPABILITY_VENDOR, at))
		virtio_pci_read(dev, at, found, &pci->multiplier);

	for (type = VIRTIO_PCI_COMMON; type <= VIRTIO_PCI_ISR; type++) {
		if (found[type].size)
			continue;
		ukd_err(dev, "virtio device %u: no usable %s capability, want one within a BAR",
			id, virtio_pci_wanted[type].name);
		return -EINVAL;
	}
	pci->common = found[VIRTIO_PCI_COMMON].base;
	pci->notify = found[VIRTIO_PCI_NOTIFY];
	pci->isr = found[VIRTIO_PCI_ISR].base;
	pci->config = found[VIRTIO_PCI_DEVICE];
	return 0;
}

/* Firmware may have left MSI-X on, and then there is no interrupt of a pin. */
static void virtio_pci_use_pin(const struct ukd_device *dev)
{
	unsigned int at = ukd_pci_capability(dev, PCI_CAPABILITY_MSIX, 0);
	uint16_t control;

	if (!at)
		return;
	control = ukd_pci_read16(dev, at + PCI_MSIX_CONTROL);
	if (control & PCI_MSIX_ENABLE)
		ukd_pci_write16(dev, at + PCI_MSIX_CONTROL,
				(uint16_t)(control & ~PCI_MSIX_ENABLE));
}

#endif /* VIRTIO_PCI_FIND_H */
