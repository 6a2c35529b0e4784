/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks: set up, and once more after a stop.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 3.1.1, 5.2.
 */
#ifndef VIRTIO_BLK_START_H
#define VIRTIO_BLK_START_H

#include "virtio_blk_info.h"

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>

/* In interrupt context. */
static void virtio_blk_interrupt(void *arg)
{
	struct virtio_blk *blk = arg;

	if (blk->is_down)
		return;
	ukd_virtq_set_interrupt(blk->queue, false);
	blk->wake(blk->host);
}

/* The same: a device that fails says so here, and nothing else will. */
static void virtio_blk_changed(void *arg)
{
	struct virtio_blk *blk = arg;

	if (!blk->is_down && ukd_virtq_is_broken(blk->queue))
		blk->wake(blk->host);
}

static int virtio_blk_agree(struct virtio_blk *blk)
{
	uint64_t features;
	int rc = ukd_virtio_start(blk->dev, VIRTIO_BLK_WANTED, &features);

	if (rc)
		return rc;
	if (blk->is_stale && features != blk->features) {
		ukd_err(blk->dev, "features: %#llx, want %#llx as before",
			(unsigned long long)features,
			(unsigned long long)blk->features);
		return -EIO;
	}
	blk->features = features;
	return 0;
}

static int virtio_blk_make_queue(struct virtio_blk *blk)
{
	unsigned int size;
	int rc;

	rc = ukd_virtio_queue(blk->dev, 0, VIRTIO_BLK_QUEUE,
			      virtio_blk_interrupt, blk, &blk->queue);
	if (rc) {
		ukd_err(blk->dev, "queue 0: can't be set up (error %d)", rc);
		return rc == -ENODEV ? -EINVAL : rc;
	}
	size = ukd_virtq_size(blk->queue);
	if (size < VIRTIO_BLK_SEGMENTS ||
	    (blk->is_stale && size != blk->queue_size)) {
		ukd_err(blk->dev, "queue 0: %u entries, want %u at least", size,
			blk->is_stale ? blk->queue_size : VIRTIO_BLK_SEGMENTS);
		return -EINVAL;
	}
	blk->queue_size = size;
	return 0;
}

/* With indirect descriptors, a request is one entry of the queue. */
static int virtio_blk_make_slots(struct virtio_blk *blk)
{
	struct virtio_blk_shared *shared;
	unsigned int count = blk->queue_size;
	uint64_t address;

	if (!virtio_blk_has(blk->features, UKD_VIRTIO_F_INDIRECT_DESC))
		count /= VIRTIO_BLK_SEGMENTS;
	blk->info.requests_max = (uint16_t)count;
	blk->slot = ukd_alloc(count * sizeof(*blk->slot));
	shared = ukd_dma_alloc(blk->dev, count * sizeof(*shared),
			       sizeof(*shared), &address);
	blk->shared = shared;
	if (!blk->slot || !shared) {
		ukd_err(blk->dev, "no memory for %u requests", count);
		return -ENOMEM;
	}
	while (count--) {
		struct virtio_blk_slot *slot = &blk->slot[count];

		slot->shared = &shared[count];
		slot->address = address + count * sizeof(*shared);
		slot->next = blk->free;
		blk->free = slot;
	}
	return 0;
}

static void virtio_blk_free_slots(struct virtio_blk *blk)
{
	if (blk->shared)
		ukd_dma_free(blk->dev, blk->shared,
			     blk->info.requests_max * sizeof(*blk->shared));
	if (blk->slot)
		ukd_free(blk->slot);
}

static int virtio_blk_set_up(struct virtio_blk *blk)
{
	int rc = virtio_blk_agree(blk);

	if (!rc)
		rc = virtio_blk_read_info(blk->dev, blk->features, &blk->info);
	if (rc)
		return rc;
	blk->unit_shift = (unsigned int)__builtin_ctz(blk->info.sector_bytes) -
			  VIRTIO_BLK_UNIT_SHIFT;
	rc = virtio_blk_make_queue(blk);
	return rc ? rc : virtio_blk_make_slots(blk);
}

#endif /* VIRTIO_BLK_START_H */
