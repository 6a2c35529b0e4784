/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio devices that are reached through registers.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.2; binding
 *             virtio/mmio.yaml.
 * Supports:   versions 2 and 1 (legacy); any number of devices, which have no
 *             state here; shared interrupt lines.
 * Leaves out: shared memory regions, queue reset.
 * Assumes:    callers serialise, but for the interrupt.
 */

#include "virtio_mmio_regs.h"

#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/virtio_transport.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Register access; a device's `self` is the node's device */

static uint32_t virtio_mmio_read(const struct ukd_device *dev, size_t reg)
{
	return ukd_mmio_read32(dev->region[0].base, reg);
}

static void virtio_mmio_write(const struct ukd_device *dev, size_t reg,
			      uint32_t value)
{
	ukd_mmio_write32(dev->region[0].base, reg, value);
}

static void virtio_mmio_write64(const struct ukd_device *dev, size_t reg,
				uint64_t value)
{
	virtio_mmio_write(dev, reg, (uint32_t)value);
	virtio_mmio_write(dev, reg + 4, (uint32_t)(value >> 32));
}

/* Class operations */

static uint64_t virtio_mmio_features(void *self)
{
	uint64_t features;

	virtio_mmio_write(self, DEVICE_FEATURES_SEL, 1);
	features = (uint64_t)virtio_mmio_read(self, DEVICE_FEATURES) << 32;
	virtio_mmio_write(self, DEVICE_FEATURES_SEL, 0);
	return features | virtio_mmio_read(self, DEVICE_FEATURES);
}

static void virtio_mmio_set_features(void *self, uint64_t features)
{
	unsigned int half;

	for (half = 0; half < 2; half++) {
		virtio_mmio_write(self, DRIVER_FEATURES_SEL, half);
		virtio_mmio_write(self, DRIVER_FEATURES,
				  (uint32_t)(features >> 32 * half));
	}
}

/* A legacy device has the lower half alone. */
static uint64_t virtio_mmio_legacy_features(void *self)
{
	virtio_mmio_write(self, DEVICE_FEATURES_SEL, 0);
	return virtio_mmio_read(self, DEVICE_FEATURES);
}

static void virtio_mmio_legacy_set_features(void *self, uint64_t features)
{
	virtio_mmio_write(self, DRIVER_FEATURES_SEL, 0);
	virtio_mmio_write(self, DRIVER_FEATURES, (uint32_t)features);
	virtio_mmio_write(self, GUEST_PAGE_SIZE, LEGACY_PAGE);
}

static uint8_t virtio_mmio_status(void *self)
{
	return (uint8_t)virtio_mmio_read(self, STATUS);
}

static void virtio_mmio_set_status(void *self, uint8_t status)
{
	virtio_mmio_write(self, STATUS, status);
}

static uint32_t virtio_mmio_generation(void *self)
{
	return virtio_mmio_read(self, CONFIG_GENERATION);
}

/* Which a legacy device doesn't have. */
static uint32_t virtio_mmio_no_generation(void *self)
{
	(void)self;
	return 0;
}

static int virtio_mmio_config(void *self, unsigned int offset, void *to,
			      unsigned int bytes)
{
	const struct ukd_device *dev = self;
	size_t size = dev->region[0].size - CONFIG;
	uintptr_t config = dev->region[0].base + CONFIG;
	uint8_t *byte = to;
	uint32_t value;

	if (bytes > size || offset > size - bytes || offset & (bytes - 1))
		return -ERANGE;
	switch (bytes) {
	case 1:
		value = ukd_mmio_read8(config, offset);
		break;
	case 2:
		value = ukd_mmio_read16(config, offset);
		break;
	default:
		value = ukd_mmio_read32(config, offset);
	}
	for (; bytes; bytes--, value >>= 8)
		*byte++ = (uint8_t)value;
	return 0;
}

static uint32_t virtio_mmio_queue_limit(void *self, unsigned int index)
{
	virtio_mmio_write(self, QUEUE_SEL, index);
	return virtio_mmio_read(self, QUEUE_NUM_MAX);
}

static void virtio_mmio_doorbell(const struct ukd_device *dev,
				 uintptr_t *doorbell, unsigned int *bits)
{
	*doorbell = dev->region[0].base + QUEUE_NOTIFY;
	*bits = 32;
}

/* VIRTIO 4.2.3.2. */
static int virtio_mmio_queue(void *self, unsigned int index,
			     const struct ukd_virtq_place *place,
			     uintptr_t *doorbell, unsigned int *doorbell_bits)
{
	virtio_mmio_write(self, QUEUE_SEL, index);
	virtio_mmio_write(self, QUEUE_NUM, place->size);
	virtio_mmio_write64(self, QUEUE_DESC, place->descriptors);
	virtio_mmio_write64(self, QUEUE_DRIVER, place->available);
	virtio_mmio_write64(self, QUEUE_DEVICE, place->used);
	/* last: from now on, the device may use what was written above */
	virtio_mmio_write(self, QUEUE_READY, 1);
	virtio_mmio_doorbell(self, doorbell, doorbell_bits);
	return 0;
}

/* The parts follow each other, the used ring on a page of its own. VIRTIO 4.2.4. */
static int virtio_mmio_legacy_queue(void *self, unsigned int index,
				    const struct ukd_virtq_place *place,
				    uintptr_t *doorbell,
				    unsigned int *doorbell_bits)
{
	const struct ukd_device *dev = self;
	uint64_t page = place->descriptors / LEGACY_PAGE;

	if (place->descriptors % LEGACY_PAGE || page > UINT32_MAX) {
		ukd_err(dev, "queue %u: memory at %#llx, wanted a page below 2^44",
			index, (unsigned long long)place->descriptors);
		return -EINVAL;
	}
	virtio_mmio_write(self, QUEUE_SEL, index);
	virtio_mmio_write(self, QUEUE_NUM, place->size);
	virtio_mmio_write(self, QUEUE_ALIGN, LEGACY_PAGE);
	virtio_mmio_write(self, QUEUE_PFN, (uint32_t)page);
	virtio_mmio_doorbell(self, doorbell, doorbell_bits);
	return 0;
}

static const struct ukd_virtio_ops virtio_mmio_ops = {
	.features = virtio_mmio_features,
	.set_features = virtio_mmio_set_features,
	.status = virtio_mmio_status,
	.set_status = virtio_mmio_set_status,
	.generation = virtio_mmio_generation,
	.config = virtio_mmio_config,
	.queue_limit = virtio_mmio_queue_limit,
	.queue = virtio_mmio_queue,
};

static const struct ukd_virtio_ops virtio_mmio_legacy_ops = {
	.features = virtio_mmio_legacy_features,
	.set_features = virtio_mmio_legacy_set_features,
	.status = virtio_mmio_status,
	.set_status = virtio_mmio_set_status,
	.generation = virtio_mmio_no_generation,
	.config = virtio_mmio_config,
	.queue_limit = virtio_mmio_queue_limit,
	.queue = virtio_mmio_legacy_queue,
};

/* Acknowledged before it is served, so that what comes meanwhile comes again. */
static bool virtio_mmio_interrupt(void *arg)
{
	const struct ukd_device *dev = arg;
	uint32_t status = virtio_mmio_read(dev, INTERRUPT_STATUS);

	status &= INTERRUPT_QUEUE | INTERRUPT_CONFIG;
	if (!status)
		return false;
	virtio_mmio_write(dev, INTERRUPT_ACK, status);
	if (status & INTERRUPT_QUEUE)
		ukd_virtio_used(dev);
	if (status & INTERRUPT_CONFIG)
		ukd_virtio_changed(dev);
	return true;
}

/* Probe */

/* Machines have many slots, most of them empty: that isn't an error. */
static int virtio_mmio_probe(const struct ukd_device *dev, const void *variant)
{
	void *self = (void *)(uintptr_t)dev;	/* the core's, and only read */
	const struct ukd_virtio_ops *ops = &virtio_mmio_ops;
	uint32_t version, id;
	int rc;

	(void)variant;	/* the version register says which layout it is */

	if (!dev->region_count || dev->region[0].size < CONFIG) {
		ukd_err(dev, "reg: want registers of at least %#x bytes",
			CONFIG);
		return -EINVAL;
	}
	if (virtio_mmio_read(dev, MAGIC_VALUE) != MAGIC)
		return -ENODEV;
	version = virtio_mmio_read(dev, VERSION);
	id = virtio_mmio_read(dev, DEVICE_ID);
	if (!id)
		return -ENODEV;
	if (version == VERSION_LEGACY) {
		ops = &virtio_mmio_legacy_ops;
	} else if (version != VERSION_MODERN) {
		ukd_err(dev, "version: is %u, want %u or %u", version,
			VERSION_LEGACY, VERSION_MODERN);
		return -EINVAL;
	}

	/* The interrupt first, because a device can't be taken back. */
	if (dev->irq_count) {
		rc = ukd_irq_attach(dev, 0, virtio_mmio_interrupt, self);
		if (rc) {
			ukd_err(dev, "interrupt %u: can't be attached (error %d)",
				dev->irq[0].number, rc);
			return rc;
		}
	}
	rc = ukd_virtio_add(dev, ops, self, id, version);
	if (rc && dev->irq_count)
		ukd_irq_detach(dev, 0, virtio_mmio_interrupt, self);
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match virtio_mmio_match[] = {
	{ .compatible = "virtio,mmio" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_virtio_mmio;
const struct ukd_driver ukd_driver_virtio_mmio = {
	.name = "virtio-mmio",
	.class = UKD_CLASS_VIRTIO_TRANSPORT,
	.match = virtio_mmio_match,
	.probe = virtio_mmio_probe,
};
