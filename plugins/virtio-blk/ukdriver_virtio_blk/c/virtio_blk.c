/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.2.
 * Supports:   read, write and flush, as many at once as the queue takes;
 *             read-only disks; sectors of any size, topology; legacy devices.
 * Leaves out: several queues, discard, write zeroes, secure erase, a change of
 *             the capacity; the write cache stays as the device has it.
 * Assumes:    callers serialise, but for the interrupt.
 */

#include "virtio_blk_start.h"

#include <ukd/block.h>
#include <ukd/dma.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>
#include <ukd/virtio.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Helpers */

static int virtio_blk_check(const struct virtio_blk *blk,
			    const struct ukd_block_request *request)
{
	const struct ukd_block_info *info = &blk->info;

	switch (request->operation) {
	case UKD_BLOCK_FLUSH:
		return info->can_flush ? 0 : -ENOTSUP;
	case UKD_BLOCK_WRITE:
		if (info->is_read_only)
			return -ENOTSUP;
		break;
	case UKD_BLOCK_READ:
		break;
	default:
		return -EINVAL;
	}
	if (!request->count || request->count > info->sectors_max ||
	    request->sector > info->sectors ||
	    request->count > info->sectors - request->sector)
		return -EINVAL;
	return 0;
}

/**
 * Put a request into the queue.
 *
 * @return 0, -EAGAIN: no room
 *
 * Source: VIRTIO 5.2.6.
 */
static int virtio_blk_put(struct virtio_blk *blk,
			  struct ukd_block_request *request)
{
	static const uint32_t types[] = {
		[UKD_BLOCK_READ] = VIRTIO_BLK_T_IN,
		[UKD_BLOCK_WRITE] = VIRTIO_BLK_T_OUT,
		[UKD_BLOCK_FLUSH] = VIRTIO_BLK_T_FLUSH,
	};
	struct virtio_blk_slot *slot = blk->free;
	struct ukd_segment segment[VIRTIO_BLK_SEGMENTS];
	bool has_data = request->operation != UKD_BLOCK_FLUSH;
	bool is_write = request->operation == UKD_BLOCK_WRITE;

	if (!slot)
		return -EAGAIN;
	ukd_dma_write32(&slot->shared->header.type, types[request->operation]);
	ukd_dma_write64(&slot->shared->header.sector, has_data ?
			request->sector << blk->unit_shift : 0);
	ukd_dma_write8(&slot->shared->status, VIRTIO_BLK_S_NONE);

	segment[0].address = slot->address;
	segment[0].size = sizeof(struct virtio_blk_header);
	segment[1].address = request->address;
	segment[1].size = request->count * blk->info.sector_bytes;
	segment[1 + has_data].address = slot->address +
		__builtin_offsetof(struct virtio_blk_shared, status);
	segment[1 + has_data].size = 1;
	if (ukd_virtq_add(blk->queue, segment, 1U + is_write,
			  1U + (has_data && !is_write), slot))
		return -EAGAIN;
	blk->free = slot->next;
	slot->request = request;
	return 0;
}

/**
 * How a request ended.
 *
 * A legacy device may say anything of how much it wrote.
 *
 * @param written bytes
 *
 * Source: VIRTIO 5.2.6; 2.7.8 (length).
 */
static int virtio_blk_result(const struct virtio_blk *blk,
			     const struct virtio_blk_slot *slot,
			     uint32_t written)
{
	const struct ukd_block_request *request = slot->request;

	switch (ukd_dma_read8(&slot->shared->status)) {
	case VIRTIO_BLK_S_OK:
		break;
	case VIRTIO_BLK_S_UNSUPP:
		return -ENOTSUP;
	default:	/* VIRTIO_BLK_S_IOERR, and what it can't be */
		return -EIO;
	}
	if (request->operation == UKD_BLOCK_READ &&
	    virtio_blk_has(blk->features, UKD_VIRTIO_F_VERSION_1) &&
	    written <= request->count * blk->info.sector_bytes)
		return -EIO;
	return 0;
}

static void virtio_blk_end(struct virtio_blk *blk, struct virtio_blk_slot *slot,
			   int status)
{
	struct ukd_block_request *request = slot->request;

	/* first: what is called may submit another */
	slot->request = NULL;
	slot->next = blk->free;
	blk->free = slot;
	request->done(request, status);
}

/* Of a device that was reset; nothing new is taken in the meantime. */
static void virtio_blk_end_all(struct virtio_blk *blk)
{
	unsigned int i;

	blk->is_down = true;
	for (i = 0; i < blk->info.requests_max; i++) {
		if (blk->slot[i].request)
			virtio_blk_end(blk, &blk->slot[i], -EIO);
	}
}

/* Class operations */

static int virtio_blk_submit(void *self,
			     struct ukd_block_request *const *request,
			     unsigned int count, unsigned int *taken)
{
	struct virtio_blk *blk = self;
	unsigned int i;
	int rc = 0;

	*taken = 0;
	if (blk->is_down || ukd_virtq_is_broken(blk->queue))
		return -EIO;
	for (i = 0; i < count; i++) {
		rc = virtio_blk_check(blk, request[i]);
		if (!rc)
			rc = virtio_blk_put(blk, request[i]);
		if (rc)
			break;
	}
	if (i)
		ukd_virtq_publish(blk->queue);
	*taken = i;
	return rc;
}

static int virtio_blk_finish(void *self)
{
	struct virtio_blk *blk = self;
	struct virtio_blk_slot *slot;
	uint32_t written;
	int count = 0;

	if (blk->is_down)
		return -EIO;
	while ((slot = ukd_virtq_take(blk->queue, &written))) {
		virtio_blk_end(blk, slot,
			       virtio_blk_result(blk, slot, written));
		count++;
	}
	if (!ukd_virtq_is_broken(blk->queue))
		return count;
	virtio_blk_end_all(blk);
	return -EIO;
}

static bool virtio_blk_set_interrupt(void *self, bool is_on)
{
	struct virtio_blk *blk = self;

	/* finish() has something to say of a device that broke down, too */
	return blk->is_down ||
	       ukd_virtq_set_interrupt(blk->queue, is_on) ||
	       ukd_virtq_is_broken(blk->queue);
}

static void virtio_blk_stop(void *self)
{
	struct virtio_blk *blk = self;

	blk->is_down = true;
	ukd_virtio_stop(blk->dev);
	while (ukd_virtq_recover(blk->queue))
		;	/* each is in its slot, too */
	virtio_blk_end_all(blk);
}

static int virtio_blk_start(void *self, void (*wake)(void *host), void *host)
{
	struct virtio_blk *blk = self;
	int rc = 0;

	if (blk->is_stale) {
		rc = virtio_blk_agree(blk);
		if (!rc)
			rc = virtio_blk_make_queue(blk);
	}
	if (!rc) {
		blk->is_stale = true;
		blk->wake = wake;
		blk->host = host;
		ukd_virtq_set_interrupt(blk->queue, false);
		ukd_virtio_on_config(blk->dev, virtio_blk_changed, blk);
		rc = ukd_virtio_go(blk->dev);
	}
	blk->is_down = rc;
	if (rc)	/* and so is the device: it may know of the queue */
		ukd_virtio_stop(blk->dev);
	return rc;
}

static const struct ukd_block_ops virtio_blk_ops = {
	.start = virtio_blk_start,
	.submit = virtio_blk_submit,
	.finish = virtio_blk_finish,
	.set_interrupt = virtio_blk_set_interrupt,
	.stop = virtio_blk_stop,
};

/* Probe */

static int virtio_blk_probe(const struct ukd_device *dev, const void *variant)
{
	struct virtio_blk *blk = ukd_alloc(sizeof(*blk));
	int rc;

	(void)variant;	/* the features say what it can; see virtio_blk_match */

	if (!blk)
		return -ENOMEM;
	blk->dev = dev;
	blk->is_down = true;
	rc = virtio_blk_set_up(blk);
	if (!rc)
		rc = ukd_block_add(dev, &virtio_blk_ops, blk, &blk->info);
	if (!rc)
		return 0;

	ukd_virtio_stop(dev);
	virtio_blk_free_slots(blk);
	ukd_free(blk);
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match virtio_blk_match[] = {
	{ .compatible = "virtio,device2" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_virtio_blk;
const struct ukd_driver ukd_driver_virtio_blk = {
	.name = "virtio-blk",
	.class = UKD_CLASS_BLOCK,
	.match = virtio_blk_match,
	.probe = virtio_blk_probe,
};
