/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the virtio core share.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO").
 */
#ifndef VIRTIO_INTERNAL_H
#define VIRTIO_INTERNAL_H

#include <ukd/bits.h>
#include <ukd/virtio_transport.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Device status. VIRTIO 2.1. */
#define STATUS_ACKNOWLEDGE	0x01
#define STATUS_DRIVER		0x02
#define STATUS_DRIVER_OK	0x04
#define STATUS_FEATURES_OK	0x08
#define STATUS_NEEDS_RESET	0x40
#define STATUS_FAILED		0x80

struct ukd_virtio {
	const struct ukd_device *transport;
	const struct ukd_device *dev;	/* the virtio device */
	const struct ukd_virtio_ops *ops;
	void *self;
	uint64_t agreed;
	unsigned int version;
	bool is_started;		/* its driver wants to hear of it */
	bool failed;			/* it broke the rules and was reset */
	bool is_restless;		/* its configuration: said */
	bool is_stuck;			/* it doesn't reset: said */
	void (*changed)(void *arg);
	void *changed_arg;
	struct ukd_virtq *queues;	/* all that were ever set up */
	struct ukd_virtio *next;
};

/* What ukd_virtio_add() put there, and owns. */
static inline struct ukd_virtio *ukd_virtio_of(const struct ukd_device *dev)
{
	return (struct ukd_virtio *)(uintptr_t)dev->bus;
}

static inline bool virtio_has(const struct ukd_virtio *virtio, unsigned int bit)
{
	return virtio->agreed & UKD_VIRTIO_BIT(bit);
}

/** Report what a device did, reset it, and use it no more. */
void ukd_virtio_break(struct ukd_virtio *virtio, unsigned int queue,
		      const char *what, uint32_t value);

/** Make a queue unusable; what the device had can be recovered. */
void ukd_virtq_close(struct ukd_virtq *queue);

/** The device's queue that was set up before this one, or NULL. */
struct ukd_virtq *ukd_virtq_next(const struct ukd_virtq *queue);

/** The same, and its driver won't be called any more. */
void ukd_virtq_stop(struct ukd_virtq *queue);

/** Tell the queue's driver if buffers were used, or the device was reset. */
void ukd_virtq_interrupt(struct ukd_virtq *queue);

#endif /* VIRTIO_INTERNAL_H */
