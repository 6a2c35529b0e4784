/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueues: their memory, and handing them to the device.
 *
 * Memory is kept when a device is stopped, for when it is started again.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 2.7.
 */

#include "virtio_ring.h"

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>

/* Limits */

#define SIZE_MAX_ENTRIES	32768U	/* VIRTIO 2.7 */
#define LEGACY_ALIGN		4096U	/* VIRTIO 2.7.2; fine for all */

/* Layout */

static size_t used_offset(unsigned int size)
{
	size_t bytes = size * sizeof(struct descriptor) +
		       sizeof(struct available) + (size + 1) * sizeof(uint16_t);

	return (bytes + LEGACY_ALIGN - 1) & ~(size_t)(LEGACY_ALIGN - 1);
}

static size_t ring_bytes(unsigned int size)
{
	return used_offset(size) + sizeof(struct used) +
	       size * sizeof(struct used_entry) + sizeof(uint16_t);
}

/* Memory */

/* Rings and slots; both or none. */
static int allocate(struct ukd_virtq *queue, const struct ukd_device *dev)
{
	unsigned int size = queue->size;
	char *ring = ukd_dma_alloc(dev, ring_bytes(size), LEGACY_ALIGN,
				   &queue->place_address);

	if (!ring)
		return -ENOMEM;
	queue->slot = ukd_alloc(size * sizeof(*queue->slot));
	if (!queue->slot) {
		ukd_dma_free(dev, ring, ring_bytes(size));
		return -ENOMEM;
	}
	queue->descriptor = (void *)ring;
	queue->available = (void *)(ring + size * sizeof(struct descriptor));
	queue->used_event = &queue->available->ring[size];
	queue->used = (void *)(ring + used_offset(size));
	queue->avail_event = (const void *)&queue->used->ring[size];
	return 0;
}

static struct ukd_virtq *new_queue(struct ukd_virtio *virtio,
				   unsigned int index, unsigned int size)
{
	struct ukd_virtq *queue = ukd_alloc(sizeof(*queue));

	if (!queue)
		return NULL;
	queue->index = index;
	queue->size = size;
	queue->mask = size - 1;
	queue->device = virtio;
	queue->is_closed = true;
	if (allocate(queue, virtio->transport)) {
		ukd_free(queue);
		return NULL;
	}
	queue->next = virtio->queues;
	virtio->queues = queue;
	return queue;
}

/* The newest queue of a device is the first of its list. */
static void free_newest(struct ukd_virtio *virtio)
{
	struct ukd_virtq *queue = virtio->queues;

	virtio->queues = queue->next;
	ukd_dma_free(virtio->transport, queue->descriptor,
		     ring_bytes(queue->size));
	ukd_free(queue->slot);
	ukd_free(queue);
}

/*
 * Tables for buffers of several segments, which then take one descriptor. A
 * chain is no longer than the queue in a table either. VIRTIO 2.7.5.3.1.
 */
static int allow_tables(struct ukd_virtq *queue)
{
	const struct ukd_virtio *virtio = queue->device;
	unsigned int most = queue->size < TABLE_SEGMENTS ? queue->size :
							   TABLE_SEGMENTS;

	queue->table_segments = 0;
	if (most == 1 || !virtio_has(virtio, UKD_VIRTIO_F_INDIRECT_DESC))
		return 0;
	if (!queue->table)
		queue->table = ukd_dma_alloc(virtio->transport,
					     table_bytes(queue->size), 16,
					     &queue->table_address);
	if (!queue->table)
		return -ENOMEM;
	queue->table_segments = (uint8_t)most;
	return 0;
}

/* The queue of that number from an earlier start, or a new one. */
static struct ukd_virtq *queue_of(struct ukd_virtio *virtio,
				  unsigned int index, unsigned int size)
{
	struct ukd_virtq *queue = virtio->queues;

	while (queue && (queue->index != index || queue->size != size))
		queue = queue->next;
	if (queue)
		return allow_tables(queue) ? NULL : queue;

	queue = new_queue(virtio, index, size);
	if (queue && allow_tables(queue)) {
		free_newest(virtio);
		queue = NULL;
	}
	return queue;
}

/* All descriptors free, nothing available, nothing used. */
static void clear(struct ukd_virtq *queue)
{
	unsigned int i;

	for (i = 0; i < queue->size; i++) {
		queue->slot[i] = (struct slot){ .next = (uint16_t)(i + 1) };
		queue->available->ring[i] = 0;
	}
	queue->available->flags = 0;
	queue->available->index = 0;
	queue->used->flags = 0;
	queue->used->index = 0;
	*queue->used_event = 0;
	*(uint16_t *)(uintptr_t)queue->avail_event = 0;
	queue->available_next = 0;
	queue->published = 0;
	queue->used_next = 0;
	queue->free_first = 0;
	queue->free_count = queue->size;
	queue->recover_next = 0;
}

/* For device drivers */

static int hand_over(struct ukd_virtq *queue)
{
	const struct ukd_virtio *virtio = queue->device;
	struct ukd_virtq_place place = {
		.descriptors = queue->place_address,
		.available = queue->place_address +
			     queue->size * sizeof(struct descriptor),
		.used = queue->place_address + used_offset(queue->size),
		.size = queue->size,
	};
	unsigned int bits = 32;
	int rc;

	/* The rings before the registers that let the device look at them. */
	ukd_dma_wmb();
	rc = virtio->ops->queue(virtio->self, queue->index, &place,
				&queue->doorbell, &bits);
	queue->doorbell_bits = (uint8_t)bits;
	return rc;
}

int ukd_virtio_queue(const struct ukd_device *dev, unsigned int index,
		     unsigned int limit, void (*interrupt)(void *arg),
		     void *arg, struct ukd_virtq **result)
{
	struct ukd_virtio *virtio = ukd_virtio_of(dev);
	uint32_t size = virtio->ops->queue_limit(virtio->self, index);
	struct ukd_virtq *queue;
	int rc;

	if (!size)
		return -ENODEV;
	if (size > SIZE_MAX_ENTRIES || size & (size - 1)) {
		ukd_err(dev, "queue %u: %u entries, wanted a power of two up to %u",
			index, size, SIZE_MAX_ENTRIES);
		return -EINVAL;
	}
	queue = queue_of(virtio, index, size < limit ? size : limit);
	if (!queue)
		return -ENOMEM;

	clear(queue);
	queue->has_event_index = virtio_has(virtio, UKD_VIRTIO_F_EVENT_IDX);
	rc = hand_over(queue);
	if (rc)
		return rc;
	queue->interrupt_arg = arg;
	queue->interrupt = interrupt;
	queue->is_closed = false;
	*result = queue;
	return 0;
}
