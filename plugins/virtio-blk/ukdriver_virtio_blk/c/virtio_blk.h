/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks: what is kept of a disk and of a request.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.2.
 */
#ifndef VIRTIO_BLK_H
#define VIRTIO_BLK_H

#include "virtio_blk_regs.h"

#include <ukd/block.h>
#include <ukd/config.h>
#include <ukd/driver.h>
#include <ukd/virtio.h>

#include <stdbool.h>
#include <stdint.h>

/* Limits */

#define VIRTIO_BLK_QUEUE	CONFIG_LIBUKDRIVER_VIRTIO_BLK_QUEUE

_Static_assert(VIRTIO_BLK_QUEUE >= 4 &&
	       !(VIRTIO_BLK_QUEUE & (VIRTIO_BLK_QUEUE - 1)),
	       "LIBUKDRIVER_VIRTIO_BLK_QUEUE: want a power of two from 4 on");

/* Header, data, status; no queue may be shorter than a request. */
#define VIRTIO_BLK_SEGMENTS	3U

/* A segment of data has any size, so that the most segments don't matter. */
#define VIRTIO_BLK_WANTED						\
	(UKD_VIRTIO_BIT(VIRTIO_BLK_F_SIZE_MAX) |			\
	 UKD_VIRTIO_BIT(VIRTIO_BLK_F_RO) |				\
	 UKD_VIRTIO_BIT(VIRTIO_BLK_F_BLK_SIZE) |			\
	 UKD_VIRTIO_BIT(VIRTIO_BLK_F_FLUSH) |				\
	 UKD_VIRTIO_BIT(VIRTIO_BLK_F_TOPOLOGY))

/* State */

/* What of a request the device reads and writes, but for its data. */
struct virtio_blk_shared {
	struct virtio_blk_header header;
	uint8_t status;
} __attribute__((aligned(32)));	/* none lies across two cache lines */

/* Room for a request. */
struct virtio_blk_slot {
	struct ukd_block_request *request;	/* NULL: not in flight */
	struct virtio_blk_shared *shared;
	uint64_t address;		/* of it, as the device sees it */
	struct virtio_blk_slot *next;	/* free one */
};

struct virtio_blk {
	struct ukd_virtq *queue;
	struct virtio_blk_slot *free;
	unsigned int unit_shift;	/* log2 of a sector's units */
	bool is_down;			/* not started, or broke down */
	bool is_stale;			/* was started: to be set up again */
	struct ukd_block_info info;
	void (*wake)(void *host);
	void *host;
	const struct ukd_device *dev;
	uint64_t features;
	unsigned int queue_size;
	struct virtio_blk_slot *slot;	/* info.requests_max of them */
	struct virtio_blk_shared *shared;	/* the same */
};

/* What a device that didn't answer has left there. */
#define VIRTIO_BLK_S_NONE	0xff

static inline bool virtio_blk_has(uint64_t features, unsigned int feature)
{
	return features & UKD_VIRTIO_BIT(feature);
}

#endif /* VIRTIO_BLK_H */
