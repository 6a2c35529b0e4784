/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device: frames that were received, the ones out of the
 * ordinary too.
 *
 * Everything in a header and every length is the device's word. A buffer whose
 * frame is of no use goes back into the ring.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.6.4.
 */
#ifndef VIRTIO_NET_RECEIVE_H
#define VIRTIO_NET_RECEIVE_H

#include "virtio_net.h"

/* Shortest and longest of what virtio_net_is_plain() takes, see there. */
static inline uint32_t virtio_net_beyond_ethernet(const struct virtio_net *net,
						  uint32_t written)
{
	return written - net->header_bytes - VIRTIO_NET_ETHERNET;
}

/* One frame in one buffer, neither short nor long, with its checksum. */
static inline bool virtio_net_is_plain(const struct virtio_net *net,
				       const struct virtio_net_slot *slot,
				       uint32_t written, uint8_t flags)
{
	return virtio_net_beyond_ethernet(net, written) <= net->mtu &&
	       !(flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) &&
	       (!net->is_merging ||
		ukd_dma_read16(&slot->header->num_buffers) == 1);
}

/* Hand up what a slot stands for, and free it. */
static inline void virtio_net_hand_up(struct virtio_net *net,
				      struct virtio_net_slot *slot,
				      struct ukd_frame *frame, uint32_t size,
				      uint16_t flags)
{
	frame->data = slot->data;
	frame->address = slot->address;
	frame->size = size;
	frame->flags = flags;
	frame->checksum_start = 0;
	frame->checksum_offset = 0;
	frame->more = 0;
	frame->cookie = slot->cookie;
	virtio_net_push(&net->free, slot);
}

/* Give the parts of a frame that is of no use back to the device. */
__attribute__((noinline))
static void virtio_net_drop(struct virtio_net *net)
{
	struct virtio_net_slot *slot = net->first;

	while (slot) {
		struct virtio_net_slot *next = slot->next;

		/* Refused by a broken ring: the host's again with stop(). */
		if (virtio_net_give(net, slot))
			virtio_net_push(&net->stranded, slot);
		slot = next;
	}
	net->first = NULL;
	ukd_virtq_publish(net->receive);
}

/* Take the other parts of a frame. @return whether all are there */
static inline bool virtio_net_gather(struct virtio_net *net)
{
	while (net->missing) {
		uint32_t written;
		struct virtio_net_slot *slot = ukd_virtq_take(net->receive,
							      &written);

		if (!slot)
			return false;
		slot->next = NULL;
		slot->written = written;
		net->last->next = slot;
		net->last = slot;
		net->parts++;
		net->missing--;
	}
	return true;
}

/* Whether a frame that is complete is one to hand up. */
static inline bool virtio_net_is_good(const struct virtio_net *net)
{
	const struct virtio_net_slot *slot = net->first;
	uint64_t size = 0, end;

	for (; slot; slot = slot->next) {
		/* An empty part can't be handed up, and isn't of a frame. */
		if (!slot->written)
			return false;
		size += slot->written;
	}
	size -= net->header_bytes;
	if (net->first->written < net->header_bytes + VIRTIO_NET_ETHERNET ||
	    !virtio_net_fits(net, size, net->first->data))
		return false;

	/* The sum is two bytes, inside the frame. VIRTIO 5.1.6.4. */
	end = (uint64_t)net->checksum_start + net->checksum_offset + 2;
	return !(net->frame_flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || end <= size;
}

/*
 * Hand up all parts of the frame. One after the first begins where the first
 * has its header.
 */
static inline void virtio_net_hand_up_parts(struct virtio_net *net,
					    struct ukd_frame *frame)
{
	uint32_t before = 0, header = net->header_bytes;
	struct virtio_net_slot *slot;

	while ((slot = net->first)) {
		net->first = slot->next;
		virtio_net_hand_up(net, slot, frame, slot->written - header,
				   net->frame_flags);
		frame->data = (uint8_t *)frame->data - before;
		frame->address -= before;
		frame->more = (uint16_t)--net->parts;
		if (net->frame_flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
			frame->checksum_start = net->checksum_start;
			frame->checksum_offset = net->checksum_offset;
		}
		before = net->header_bytes;
		header = 0;
		frame++;
	}
}

/**
 * Go on with a frame that was begun; it is handed up when all of it is there.
 *
 * @param room for so many buffers
 * @param is_all there won't be more room: a frame of more buffers is dropped
 *
 * @return how many buffers are up
 */
__attribute__((noinline))
static unsigned int virtio_net_go_on(struct virtio_net *net,
				     struct ukd_frame *frame, unsigned int room,
				     bool is_all)
{
	unsigned int parts;

	if (net->is_broken || !net->first || !virtio_net_gather(net))
		return 0;
	parts = net->parts;
	if (parts > room && !is_all)
		return 0;
	if (parts > room || !virtio_net_is_good(net)) {
		virtio_net_drop(net);
		parts = 0;
	} else {
		virtio_net_hand_up_parts(net, frame);
	}
	net->is_special = net->is_broken;
	return parts;
}

/**
 * Begin with anything but a plain frame: read its header.
 *
 * A header that wasn't written to its end isn't looked at, and its frame is
 * dropped.
 *
 * @return how many buffers are up
 *
 * Source: VIRTIO 5.1.6.4.
 */
__attribute__((noinline))
static unsigned int virtio_net_odd(struct virtio_net *net,
				   struct virtio_net_slot *slot,
				   uint32_t written, struct ukd_frame *frame,
				   unsigned int room)
{
	const struct virtio_net_header *header = slot->header;
	uint32_t count = 1, others;

	slot->next = NULL;
	slot->written = written;
	net->first = net->last = slot;
	net->parts = 1;
	net->is_special = true;

	net->frame_flags = ukd_dma_read8(&header->flags) & net->flags;
	net->checksum_start = ukd_dma_read16(&header->csum_start);
	net->checksum_offset = ukd_dma_read16(&header->csum_offset);
	if (net->is_merging && written >= VIRTIO_NET_HEADER)
		count = ukd_dma_read16(&header->num_buffers);
	others = ukd_virtq_size(net->receive) - ukd_virtq_room(net->receive);
	if (virtio_net_rarely(count - 1 > others)) {
		ukd_err(net->dev, "num_buffers: %u, wanted 1 to %u, as many as the device has; it was reset",
			count, others + 1);
		net->is_broken = true;
		ukd_virtio_stop(net->dev);
		return 0;
	}
	net->missing = count - 1;
	return virtio_net_go_on(net, frame, room, false);
}

#endif /* VIRTIO_NET_RECEIVE_H */
