/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueues at work.
 *
 * What the device may write to (the used ring) is read one access a value and
 * bounded before use; of what the driver wrote (descriptors, the available
 * ring) nothing is read back: which buffers the device has, and how much room
 * each has, stands in memory of our own.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 2.6 and 2.7.
 * Supports:   event index; indirect tables, used for few segments.
 * Leaves out: packed queues.
 * Assumes:    callers serialise for each queue; in interrupt context only
 *             ukd_virtq_set_interrupt(queue, false) is called amid others.
 */

#include "virtio_ring.h"

#include <ukd/errno.h>
#include <ukd/mmio.h>

#define rarely(condition)	__builtin_expect(!!(condition), 0)

/* Helpers */

static uint16_t used_index(const struct ukd_virtq *queue)
{
	return ukd_dma_read16(&queue->used->index);
}

/* Two stores a descriptor. */
static inline void put(struct descriptor *descriptor, uint64_t address,
		       uint32_t size, uint32_t flags, uint16_t next)
{
	ukd_dma_write64(&descriptor->address, address);
	ukd_dma_write64(&descriptor->rest,
			size | (uint64_t)flags << DESC_FLAGS_SHIFT |
			(uint64_t)next << DESC_NEXT_SHIFT);
}

/* Several segments in the descriptor's own table. VIRTIO 2.7.5.3. */
static void put_table(struct ukd_virtq *queue, uint16_t head,
		      const struct ukd_segment *segment, unsigned int out,
		      unsigned int count)
{
	struct descriptor *table = &queue->table[head * TABLE_SEGMENTS];
	unsigned int i;

	for (i = 0; i < count; i++)
		put(&table[i], segment[i].address, segment[i].size,
		    (i >= out ? DESC_WRITE : 0) |
		    (i + 1 < count ? DESC_NEXT : 0), (uint16_t)(i + 1));
	put(&queue->descriptor[head],
	    queue->table_address + table_bytes(1) * head,
	    count * (uint32_t)sizeof(*table), DESC_INDIRECT, 0);
}

/* One segment a descriptor. @return the first one that is still free */
static uint16_t put_chain(struct ukd_virtq *queue, uint16_t at,
			  const struct ukd_segment *segment, unsigned int out,
			  unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		uint16_t next = queue->slot[at].next;

		put(&queue->descriptor[at], segment[i].address,
		    segment[i].size, (i >= out ? DESC_WRITE : 0) |
		    (i + 1 < count ? DESC_NEXT : 0), next);
		at = next;
	}
	return at;
}

/* Remember a buffer, and make its first descriptor the next available one. */
static inline void offer(struct ukd_virtq *queue, uint16_t head, void *cookie,
			 uint32_t room, unsigned int taken)
{
	struct slot *slot = &queue->slot[head];

	queue->free_count -= taken;
	slot->cookie = cookie;
	slot->room = room;
	slot->count = (uint16_t)taken;
	ukd_dma_write16(&queue->available->ring[queue->available_next++ &
						queue->mask], head);
}

/* Any number of segments but one. A chain's limits: VIRTIO 2.7.5.2, 2.7.5.3.1. */
__attribute__((noinline))
static int add_many(struct ukd_virtq *queue, const struct ukd_segment *segment,
		    unsigned int out, unsigned int count, void *cookie)
{
	uint16_t head = queue->free_first;
	unsigned int taken = count, i;
	uint64_t bytes = 0, read = 0;

	if (!count || count > queue->size)
		return -EINVAL;
	if (count <= queue->table_segments)
		taken = 1;
	if (taken > queue->free_count || queue->is_closed)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (i == out)
			read = bytes;
		bytes += segment[i].size;
	}
	if (bytes > UINT32_MAX)
		return -EINVAL;

	if (count == taken) {
		queue->free_first = put_chain(queue, head, segment, out, count);
	} else {
		put_table(queue, head, segment, out, count);
		queue->free_first = queue->slot[head].next;
	}
	offer(queue, head, cookie, out < count ? (uint32_t)(bytes - read) : 0,
	      taken);
	return 0;
}

/* For device drivers */

int ukd_virtq_add(struct ukd_virtq *queue, const struct ukd_segment *segment,
		  unsigned int out, unsigned int in, void *cookie)
{
	uint16_t head = queue->free_first;

	if (out + in != 1)
		return add_many(queue, segment, out, out + in, cookie);
	if (rarely(!queue->free_count || queue->is_closed))
		return -ENOMEM;
	put(&queue->descriptor[head], segment->address, segment->size,
	    in ? DESC_WRITE : 0, 0);
	queue->free_first = queue->slot[head].next;
	offer(queue, head, cookie, in ? segment->size : 0, 1);
	return 0;
}

void ukd_virtq_publish(struct ukd_virtq *queue)
{
	uint16_t new = queue->available_next, old = queue->published;

	if (new == old || queue->is_closed)
		return;
	queue->published = new;
	/* Descriptors and entries before the index that shows them. */
	ukd_dma_wmb();
	ukd_dma_write16(&queue->available->index, new);
	/*
	 * The index before the look at what the device wants, because it looks
	 * at the index after it wrote that; and before the doorbell.
	 */
	ukd_dma_mb();
	if (queue->has_event_index) {
		uint16_t event = ukd_dma_read16(queue->avail_event);

		/* VIRTIO 2.7.10: passed since the last time? */
		if ((uint16_t)(new - event - 1) >= (uint16_t)(new - old))
			return;
	} else if (ukd_dma_read16(&queue->used->flags) & USED_NO_NOTIFY) {
		return;
	}
	if (queue->doorbell_bits == 16)
		ukd_mmio_write16(queue->doorbell, 0, (uint16_t)queue->index);
	else
		ukd_mmio_write32(queue->doorbell, 0, queue->index);
}

/* The chain's descriptors are free again. */
static void release(struct ukd_virtq *queue, uint16_t head)
{
	struct slot *last = &queue->slot[head];
	unsigned int count = last->count;

	queue->free_count += count;
	while (--count)
		last = &queue->slot[last->next];
	last->next = queue->free_first;
	queue->free_first = head;
}

__attribute__((noinline, cold))
static void *broken(struct ukd_virtq *queue, const char *what, uint32_t value)
{
	ukd_virtio_break(queue->device, queue->index, what, value);
	return NULL;
}

void *ukd_virtq_take(struct ukd_virtq *queue, uint32_t *written)
{
	uint16_t index = used_index(queue), next = queue->used_next;
	const struct used_entry *entry;
	uint32_t id, size;
	struct slot *slot;
	void *cookie;

	if (index == next || queue->is_closed)
		return NULL;
	if (rarely((uint16_t)(index - next) >
		   (uint16_t)(queue->published - next)))
		return broken(queue, "used index is", index);
	/* The index before the entries that it shows. */
	ukd_dma_rmb();
	entry = &queue->used->ring[next & queue->mask];
	id = ukd_dma_read32(&entry->id);
	size = ukd_dma_read32(&entry->written);
	slot = &queue->slot[id & queue->mask];
	cookie = slot->cookie;
	if (rarely(id > queue->mask || !cookie))
		return broken(queue, "used buffer isn't the device's, it is",
			      id);
	if (rarely(size > slot->room)) {
		if (virtio_has(queue->device, UKD_VIRTIO_F_VERSION_1))
			return broken(queue, "used length is beyond the buffer, it is",
				      size);
		/* Legacy devices may say anything. VIRTIO 2.7.8.1. */
		size = slot->room;
	}
	slot->cookie = NULL;
	queue->used_next = (uint16_t)(next + 1);
	release(queue, (uint16_t)id);
	*written = size;
	return cookie;
}

unsigned int ukd_virtq_room(const struct ukd_virtq *queue)
{
	return queue->is_closed ? 0 : queue->free_count;
}

unsigned int ukd_virtq_size(const struct ukd_virtq *queue)
{
	return queue->size;
}

/* Changes nothing but what the device reads: see "Assumes". VIRTIO 2.7.7. */
bool ukd_virtq_set_interrupt(struct ukd_virtq *queue, bool is_on)
{
	/* without the index, what was passed is passed again in 65536 */
	if (queue->has_event_index)
		ukd_dma_write16(queue->used_event,
				(uint16_t)(queue->used_next - !is_on));
	else
		ukd_dma_write16(&queue->available->flags,
				is_on ? 0 : AVAIL_NO_INTERRUPT);
	if (!is_on)
		return false;
	/* The wish before the look, because the device may not have seen it. */
	ukd_dma_mb();
	return queue->is_closed || used_index(queue) != queue->used_next;
}

bool ukd_virtq_is_broken(const struct ukd_virtq *queue)
{
	return queue->device->failed;
}

void *ukd_virtq_recover(struct ukd_virtq *queue)
{
	while (queue->recover_next < queue->size) {
		struct slot *slot = &queue->slot[queue->recover_next++];
		void *cookie = slot->cookie;

		if (cookie) {
			slot->cookie = NULL;
			return cookie;
		}
	}
	return NULL;
}

/* For virtio_device.c */

void ukd_virtq_close(struct ukd_virtq *queue)
{
	queue->is_closed = true;
	queue->recover_next = 0;
}

void ukd_virtq_stop(struct ukd_virtq *queue)
{
	ukd_virtq_close(queue);
	queue->interrupt = NULL;
}

struct ukd_virtq *ukd_virtq_next(const struct ukd_virtq *queue)
{
	return queue->next;
}

void ukd_virtq_interrupt(struct ukd_virtq *queue)
{
	if (queue->interrupt &&
	    (queue->is_closed || used_index(queue) != queue->used_next))
		queue->interrupt(queue->interrupt_arg);
}
