/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Class virtio-transport: what a driver of a transport provides.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.1 (PCI) and 4.2
 *         (MMIO).
 */
#ifndef UKD_VIRTIO_TRANSPORT_H
#define UKD_VIRTIO_TRANSPORT_H

#include <ukd/virtio.h>

/* Where the parts of a queue are, as the device addresses them. */
struct ukd_virtq_place {
	uint64_t descriptors;
	uint64_t available;
	uint64_t used;
	unsigned int size;	/* entries */
};

struct ukd_virtio_ops {
	uint64_t (*features)(void *self);
	/* all 64; a legacy device takes the lower half */
	void (*set_features)(void *self, uint64_t features);
	uint8_t (*status)(void *self);
	void (*set_status)(void *self, uint8_t status);	/* 0: reset */
	uint32_t (*generation)(void *self);
	/** One access of 1, 2 or 4 bytes. @return 0, -ERANGE: not that long */
	int (*config)(void *self, unsigned int offset, void *to,
		      unsigned int bytes);
	/** @return the most entries that queue can have; 0: there is none */
	uint32_t (*queue_limit)(void *self, unsigned int index);
	/**
	 * Tell the device where a queue is and let it use that.
	 *
	 * @param doorbell set to the register that the queue's index is
	 *                 written to, to notify; 16 or 32 bits wide
	 */
	int (*queue)(void *self, unsigned int index,
		     const struct ukd_virtq_place *place,
		     uintptr_t *doorbell, unsigned int *doorbell_bits);
};

/**
 * Hand a device to its driver, as "virtio,device<id>".
 *
 * @param dev the transport's device; interrupt 0 is the virtio device's
 * @param id what kind of device it is, not 0. VIRTIO 5
 * @param version 1: legacy
 *
 * @return 0, -ENODEV when no linked driver wants it, -ENOMEM
 */
int ukd_virtio_add(const struct ukd_device *dev,
		   const struct ukd_virtio_ops *ops, void *self, uint32_t id,
		   unsigned int version);

/** Called by the transport's interrupt handler. */
void ukd_virtio_used(const struct ukd_device *dev);
void ukd_virtio_changed(const struct ukd_device *dev);

#endif /* UKD_VIRTIO_TRANSPORT_H */
