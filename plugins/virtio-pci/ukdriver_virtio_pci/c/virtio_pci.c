/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio devices on PCI.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.1; PCI
 *             Local Bus Specification, revision 3.0 ("PCI").
 * Supports:   the modern interface, its structures in any BAR; transitional
 *             devices through it; shared interrupt lines.
 * Leaves out: the legacy interface, MSI-X, access through configuration space.
 * Assumes:    BARs are decoded and mapped; callers serialise, but for the
 *             interrupt.
 */

#include "virtio_pci_find.h"
#include "virtio_pci_regs.h"

#include <ukd/bits.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/log.h>
#include <ukd/memory.h>
#include <ukd/mmio.h>
#include <ukd/pci.h>
#include <ukd/virtio_transport.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Register access */

static void virtio_pci_write16(const struct virtio_pci *pci, size_t reg,
			       unsigned int value)
{
	ukd_mmio_write16(pci->common, reg, (uint16_t)value);
}

/* Wider than any access that a device has to take: a half at a time. */
static void virtio_pci_write64(const struct virtio_pci *pci, size_t reg,
			       uint64_t value)
{
	ukd_mmio_write32(pci->common, reg, (uint32_t)value);
	ukd_mmio_write32(pci->common, reg + 4, (uint32_t)(value >> 32));
}

/* Class operations */

static uint64_t virtio_pci_features(void *self)
{
	const struct virtio_pci *pci = self;
	uint64_t features;

	ukd_mmio_write32(pci->common, COMMON_DEVICE_FEATURE_SELECT, 1);
	features = (uint64_t)ukd_mmio_read32(pci->common,
					     COMMON_DEVICE_FEATURE) << 32;
	ukd_mmio_write32(pci->common, COMMON_DEVICE_FEATURE_SELECT, 0);
	return features | ukd_mmio_read32(pci->common, COMMON_DEVICE_FEATURE);
}

static void virtio_pci_set_features(void *self, uint64_t features)
{
	const struct virtio_pci *pci = self;
	unsigned int half;

	for (half = 0; half < 2; half++) {
		ukd_mmio_write32(pci->common, COMMON_DRIVER_FEATURE_SELECT,
				 half);
		ukd_mmio_write32(pci->common, COMMON_DRIVER_FEATURE,
				 (uint32_t)(features >> 32 * half));
	}
}

static uint8_t virtio_pci_status(void *self)
{
	const struct virtio_pci *pci = self;

	return ukd_mmio_read8(pci->common, COMMON_DEVICE_STATUS);
}

static void virtio_pci_set_status(void *self, uint8_t status)
{
	const struct virtio_pci *pci = self;

	ukd_mmio_write8(pci->common, COMMON_DEVICE_STATUS, status);
}

static uint32_t virtio_pci_generation(void *self)
{
	const struct virtio_pci *pci = self;

	return ukd_mmio_read8(pci->common, COMMON_CONFIG_GENERATION);
}

/* The structure starts at a multiple of 4, so `offset` says what is aligned. */
static int virtio_pci_config(void *self, unsigned int offset, void *to,
			     unsigned int bytes)
{
	const struct ukd_region *config = &((struct virtio_pci *)self)->config;
	uint8_t *byte = to;
	uint32_t value;

	if (bytes > config->size || offset > config->size - bytes ||
	    offset & (bytes - 1))
		return -ERANGE;
	switch (bytes) {
	case 1:
		value = ukd_mmio_read8(config->base, offset);
		break;
	case 2:
		value = ukd_mmio_read16(config->base, offset);
		break;
	default:
		value = ukd_mmio_read32(config->base, offset);
	}
	for (; bytes; bytes--, value >>= 8)
		*byte++ = (uint8_t)value;
	return 0;
}

static uint32_t virtio_pci_queue_limit(void *self, unsigned int index)
{
	const struct virtio_pci *pci = self;

	if (index >= ukd_mmio_read16(pci->common, COMMON_NUM_QUEUES))
		return 0;
	virtio_pci_write16(pci, COMMON_QUEUE_SELECT, index);
	return ukd_mmio_read16(pci->common, COMMON_QUEUE_SIZE);
}

/**
 * Find where a queue is notified.
 *
 * @return the register, or 0 when it isn't where the capability says
 *
 * Source: VIRTIO 4.1.4.4.
 */
static uintptr_t virtio_pci_doorbell(const struct virtio_pci *pci,
				     unsigned int index)
{
	uint32_t number;
	uint64_t offset;

	number = ukd_mmio_read16(pci->common, COMMON_QUEUE_NOTIFY_OFF);
	offset = (uint64_t)number * pci->multiplier;
	if (!(offset & 1) && offset <= pci->notify.size - NOTIFY_SIZE)
		return pci->notify.base + (uintptr_t)offset;

	ukd_err(pci->dev, "queue %u: notified at %u * %u, want an even offset in %#zx bytes",
		index, number, pci->multiplier, pci->notify.size);
	return 0;
}

/**
 * Set a queue up.
 *
 * Only now may the device access memory: it has been reset, so it knows no
 * address from before.
 *
 * Source: VIRTIO 4.1.5.1.3; 4.1.4.3 (no MSI-X vector).
 */
static int virtio_pci_queue(void *self, unsigned int index,
			    const struct ukd_virtq_place *place,
			    uintptr_t *doorbell, unsigned int *doorbell_bits)
{
	const struct virtio_pci *pci = self;

	virtio_pci_write16(pci, COMMON_QUEUE_SELECT, index);
	*doorbell = virtio_pci_doorbell(pci, index);
	*doorbell_bits = 16;
	if (!*doorbell)
		return -EINVAL;

	ukd_pci_set_master(pci->dev, true);
	virtio_pci_write16(pci, COMMON_CONFIG_MSIX_VECTOR, MSIX_NO_VECTOR);
	virtio_pci_write16(pci, COMMON_QUEUE_MSIX_VECTOR, MSIX_NO_VECTOR);
	virtio_pci_write16(pci, COMMON_QUEUE_SIZE, place->size);
	virtio_pci_write64(pci, COMMON_QUEUE_DESC, place->descriptors);
	virtio_pci_write64(pci, COMMON_QUEUE_DRIVER, place->available);
	virtio_pci_write64(pci, COMMON_QUEUE_DEVICE, place->used);
	/* last: from now on, the device may use what was written above */
	virtio_pci_write16(pci, COMMON_QUEUE_ENABLE, 1);
	return 0;
}

static const struct ukd_virtio_ops virtio_pci_ops = {
	.features = virtio_pci_features,
	.set_features = virtio_pci_set_features,
	.status = virtio_pci_status,
	.set_status = virtio_pci_set_status,
	.generation = virtio_pci_generation,
	.config = virtio_pci_config,
	.queue_limit = virtio_pci_queue_limit,
	.queue = virtio_pci_queue,
};

/* The line is shared: it is this device's only if a bit says so. */
static bool virtio_pci_irq(void *arg)
{
	const struct virtio_pci *pci = arg;
	uint8_t status = ukd_mmio_read8(pci->isr, 0);

	if (status & ISR_QUEUE)
		ukd_virtio_used(pci->dev);
	if (status & ISR_CONFIG)
		ukd_virtio_changed(pci->dev);
	return status & (ISR_QUEUE | ISR_CONFIG);
}

/* Probe */

static int virtio_pci_probe(const struct ukd_device *dev, const void *variant)
{
	struct virtio_pci *pci;
	uint32_t id;
	int rc;

	(void)variant;	/* the number says which interface it is */

	id = ukd_pci_read16(dev, PCI_DEVICE_ID);
	if (id < VIRTIO_PCI_MODERN)
		id = ukd_pci_read16(dev, PCI_SUBSYSTEM_ID);
	else
		id -= VIRTIO_PCI_MODERN;
	if (!id) {
		ukd_err(dev, "subsystem id: is 0, want the number of a virtio device");
		return -EINVAL;
	}

	pci = ukd_alloc(sizeof(*pci));
	if (!pci) {
		ukd_err(dev, "virtio device %u: no memory for its state", id);
		return -ENOMEM;
	}
	pci->dev = dev;
	rc = virtio_pci_find(pci, id);
	if (rc)
		goto free;
	virtio_pci_use_pin(dev);
	/* The interrupt first, because a device can't be taken back. */
	rc = ukd_irq_attach(dev, 0, virtio_pci_irq, pci);
	if (rc) {
		ukd_err(dev, "virtio device %u: no interrupt, want that of its pin (error %d)",
			id, rc);
		goto free;
	}
	rc = ukd_virtio_add(dev, &virtio_pci_ops, pci, id, 2);
	if (!rc)
		return 0;

	ukd_irq_detach(dev, 0, virtio_pci_irq, pci);
free:
	ukd_free(pci);
	return rc;
}

/*
 * Match table and driver object: the only exported symbol. The kinds of device
 * that VIRTIO 5 describes, and 9P; transitional ones below. VIRTIO 4.1.2.
 */

static const struct ukd_match virtio_pci_match[] = {
	{ .compatible = "pci1af4,1041" },	/* network */
	{ .compatible = "pci1af4,1042" },	/* block */
	{ .compatible = "pci1af4,1043" },	/* console */
	{ .compatible = "pci1af4,1044" },	/* entropy source */
	{ .compatible = "pci1af4,1045" },	/* balloon */
	{ .compatible = "pci1af4,1048" },	/* SCSI host */
	{ .compatible = "pci1af4,1049" },	/* 9P transport */
	{ .compatible = "pci1af4,1050" },	/* GPU */
	{ .compatible = "pci1af4,1052" },	/* input */
	{ .compatible = "pci1af4,1053" },	/* socket */
	{ .compatible = "pci1af4,1054" },	/* crypto */
	{ .compatible = "pci1af4,1057" },	/* IOMMU */
	{ .compatible = "pci1af4,1058" },	/* memory */
	{ .compatible = "pci1af4,1059" },	/* sound */
	{ .compatible = "pci1af4,105a" },	/* file system */
	{ .compatible = "pci1af4,105b" },	/* persistent memory */
	{ .compatible = "pci1af4,105c" },	/* RPMB */
	{ .compatible = "pci1af4,1060" },	/* SCMI */
	{ .compatible = "pci1af4,1062" },	/* I2C */
	{ .compatible = "pci1af4,1069" },	/* GPIO */

	{ .compatible = "pci1af4,1000" },	/* network */
	{ .compatible = "pci1af4,1001" },	/* block */
	{ .compatible = "pci1af4,1002" },	/* balloon */
	{ .compatible = "pci1af4,1003" },	/* console */
	{ .compatible = "pci1af4,1004" },	/* SCSI host */
	{ .compatible = "pci1af4,1005" },	/* entropy source */
	{ .compatible = "pci1af4,1009" },	/* 9P transport */
	{ 0 }
};

extern const struct ukd_driver ukd_driver_virtio_pci;
const struct ukd_driver ukd_driver_virtio_pci = {
	.name = "virtio-pci",
	.class = UKD_CLASS_VIRTIO_TRANSPORT,
	.match = virtio_pci_match,
	.probe = virtio_pci_probe,
};
