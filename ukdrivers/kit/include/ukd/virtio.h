/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interface virtio-transport@1: what a driver of a virtio device works with.
 *
 * A device driver lists "virtio,device1" (network), "virtio,device2" (block)
 * and so on in its match table, the number in hexadecimal; whether the device
 * is reached through registers or over PCI it doesn't learn.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), chapters 2 to 4;
 *         binding virtio/virtio-device.yaml (the strings).
 */
#ifndef UKD_VIRTIO_H
#define UKD_VIRTIO_H

#include <ukd/driver.h>

#include <stdbool.h>

#define UKD_VIRTIO_BIT(n)		(UINT64_C(1) << (n))

/* Features that the kit agrees on by itself. VIRTIO 6. */
#define UKD_VIRTIO_F_INDIRECT_DESC	28
#define UKD_VIRTIO_F_EVENT_IDX		29
#define UKD_VIRTIO_F_VERSION_1		32

struct ukd_virtq;

/* A piece of memory, as the device addresses it. */
struct ukd_segment {
	uint64_t address;
	uint32_t size;
};

/* The device */

/**
 * Reset the device and agree on features.
 *
 * @param wanted bits that the driver can use; those that aren't offered are
 *               left out, those of the ring are added
 * @param agreed set to what both can; without VERSION_1, it is a legacy device
 *
 * @return 0, -ENOTSUP when the device refused, -ETIMEDOUT when it didn't reset,
 *         -EIO from one that broke the rules: it is never used again
 *
 * Source: VIRTIO 3.1.1.
 */
int ukd_virtio_start(const struct ukd_device *dev, uint64_t wanted,
		     uint64_t *agreed);

/**
 * Set one queue up; between ukd_virtio_start() and ukd_virtio_go().
 *
 * @param index of the queue
 * @param limit entries that the driver has use for, a power of two
 * @param interrupt called in interrupt context when the device used buffers
 * @param arg given to it
 * @param queue set when 0 is returned
 *
 * @return 0, -ENODEV when the device has no such queue, -ENOMEM, -EINVAL for a
 *         size that the specification rules out
 */
int ukd_virtio_queue(const struct ukd_device *dev, unsigned int index,
		     unsigned int limit, void (*interrupt)(void *arg),
		     void *arg, struct ukd_virtq **queue);

/** Have the device work. @return 0, or -ENODEV from one that failed */
int ukd_virtio_go(const struct ukd_device *dev);

/** Reset the device; buffers that are still in its queues are the driver's. */
void ukd_virtio_stop(const struct ukd_device *dev);

/**
 * Read device configuration, all of it from one generation.
 *
 * @return 0, or -ERANGE when it isn't that long, -ETIMEDOUT when it never rests
 *
 * Source: VIRTIO 2.5.1.
 */
int ukd_virtio_config(const struct ukd_device *dev, unsigned int offset,
		      void *to, unsigned int size);

/** Have a function called in interrupt context when configuration changed. */
void ukd_virtio_on_config(const struct ukd_device *dev,
			  void (*changed)(void *arg), void *arg);

/* A queue; all but `interrupt` is called with the queue to oneself */

/**
 * Put a buffer in. The device sees it after ukd_virtq_publish().
 *
 * @param segment `out` that the device reads, then `in` that it writes
 * @param cookie given back by ukd_virtq_take(), not NULL
 *
 * @return 0, or -ENOMEM: no room until something was taken
 */
int ukd_virtq_add(struct ukd_virtq *queue, const struct ukd_segment *segment,
		  unsigned int out, unsigned int in, void *cookie);

/** Show the device what was put in, and notify it if it wants to be. */
void ukd_virtq_publish(struct ukd_virtq *queue);

/**
 * Take a buffer that the device has used.
 *
 * A device that gives back what it hasn't got, or wrote more than there was
 * room for, is reported and reset; then, and from then on, there is none.
 *
 * @param written set to how many bytes it wrote, never more than there is room
 *
 * @return its cookie, or NULL when there is none
 *
 * Source: VIRTIO 2.7.8, 2.7.14.
 */
void *ukd_virtq_take(struct ukd_virtq *queue, uint32_t *written);

/** Buffers of one segment that there is room for. */
unsigned int ukd_virtq_room(const struct ukd_virtq *queue);

/** How many entries the queue has. */
unsigned int ukd_virtq_size(const struct ukd_virtq *queue);

/**
 * Ask for an interrupt when the next buffer is used, or for none; a device may
 * send one all the same.
 *
 * @return whether there is something to take already: then look again, because
 *         there may be no interrupt for it
 */
bool ukd_virtq_set_interrupt(struct ukd_virtq *queue, bool is_on);

/** Whether the device broke the rules or failed, and was reset: for good. */
bool ukd_virtq_is_broken(const struct ukd_virtq *queue);

/** After a stop: get back what the device had. @return a cookie, NULL: no more */
void *ukd_virtq_recover(struct ukd_virtq *queue);

#endif /* UKD_VIRTIO_H */
