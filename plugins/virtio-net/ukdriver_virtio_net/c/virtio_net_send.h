/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device: frames to send.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.6.2.
 */
#ifndef VIRTIO_NET_SEND_H
#define VIRTIO_NET_SEND_H

#include "virtio_net.h"

/* What the host knows a frame by, from what the ring does. */
static inline void *virtio_net_released(struct virtio_net *net, void *cookie)
{
	struct virtio_net_slot *slot = cookie;

	if (!virtio_net_rarely(net->is_apart))
		return cookie;
	virtio_net_push(&net->free_send, slot);
	return slot->cookie;
}

/* Take what was sent. */
static inline void virtio_net_reclaim(struct virtio_net *net)
{
	uint32_t left = net->sending, written;

	while (left) {
		void *cookie = ukd_virtq_take(net->send, &written);

		if (!cookie)
			break;
		left--;
		net->calls->sent(net->host, virtio_net_released(net, cookie));
	}
	net->sending = left;
}

/* Have the device compute a checksum. @return 0, or -EINVAL. VIRTIO 5.1.6.2. */
__attribute__((noinline))
static int virtio_net_ask_checksum(const struct virtio_net *net,
				   struct virtio_net_header *header,
				   const struct ukd_frame *frame)
{
	uint32_t end = (uint32_t)frame->checksum_start +
		       frame->checksum_offset + 2;

	if (!(net->agreed & VIRTIO_NET_F_CSUM) || end > frame->size)
		return -EINVAL;
	header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	header->csum_start = frame->checksum_start;
	header->csum_offset = frame->checksum_offset;
	return 0;
}

/* Send a frame whose header is in a descriptor of its own. VIRTIO 5.1.6. */
__attribute__((noinline))
static int virtio_net_put_apart(struct virtio_net *net,
				const struct ukd_frame *frame)
{
	struct virtio_net_slot *slot = net->free_send;
	struct ukd_segment segment[2];
	int rc = 0;

	if (!slot)
		return -ENOMEM;
	*slot->header = (struct virtio_net_header){ 0 };
	if (frame->flags & UKD_NET_CHECKSUM_PART)
		rc = virtio_net_ask_checksum(net, slot->header, frame);
	if (rc)
		return rc;

	segment[0] = (struct ukd_segment){
		virtio_net_header_address(net, slot), net->header_bytes,
	};
	segment[1] = (struct ukd_segment){ frame->address, frame->size };
	rc = ukd_virtq_add(net->send, segment, 2, 0, slot);
	if (rc)
		return rc;
	slot->cookie = frame->cookie;
	net->free_send = slot->next;
	return 0;
}

/**
 * Put one frame into the ring, with its header before it.
 *
 * All of the headroom becomes 0, also where the header is shorter.
 *
 * Source: VIRTIO 5.1.6.2.
 */
static inline int virtio_net_put(struct virtio_net *net,
				 const struct ukd_frame *frame)
{
	struct virtio_net_header *header;
	struct ukd_segment segment;

	if (virtio_net_rarely(frame->size - VIRTIO_NET_ETHERNET > net->mtu) &&
	    (frame->size < VIRTIO_NET_ETHERNET ||
	     !virtio_net_fits(net, frame->size, frame->data)))
		return -EINVAL;
	if (virtio_net_rarely(net->is_apart))
		return virtio_net_put_apart(net, frame);

	header = (struct virtio_net_header *)frame->data - 1;
	*header = (struct virtio_net_header){ 0 };
	if (virtio_net_rarely(frame->flags & UKD_NET_CHECKSUM_PART)) {
		int rc;

		header = (void *)((uint8_t *)frame->data - net->header_bytes);
		rc = virtio_net_ask_checksum(net, header, frame);
		if (rc)
			return rc;
	}
	segment.address = frame->address - net->header_bytes;
	segment.size = frame->size + net->header_bytes;
	return ukd_virtq_add(net->send, &segment, 1, 0, frame->cookie);
}

#endif /* VIRTIO_NET_SEND_H */
