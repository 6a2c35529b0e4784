/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device: state, and what becomes of a buffer.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.
 */
#ifndef VIRTIO_NET_H
#define VIRTIO_NET_H

#include "virtio_net_regs.h"

#include <ukd/config.h>
#include <ukd/dma.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>
#include <ukd/net.h>
#include <ukd/virtio.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define VIRTIO_NET_QUEUE	CONFIG_LIBUKDRIVER_VIRTIO_NET_QUEUE

#define VIRTIO_NET_HEADER	((uint32_t)sizeof(struct virtio_net_header))
#define VIRTIO_NET_ETHERNET	14U	/* bytes before what the MTU counts */
#define VIRTIO_NET_TAG		4U	/* and of a VLAN's tag among them */
#define VIRTIO_NET_TYPE		6U	/* halfwords before it, which is big-endian */
#define VIRTIO_NET_TAGGED	0x0081	/* 0x8100: a tag follows */
#define VIRTIO_NET_MTU		1500	/* of a device that doesn't say */

/* A longer buffer than any frame has use for. */
#define VIRTIO_NET_ROOM_MAX	(UINT32_C(1) << 20)

#define virtio_net_rarely(condition)	__builtin_expect(!!(condition), 0)

_Static_assert((VIRTIO_NET_QUEUE & (VIRTIO_NET_QUEUE - 1)) == 0,
	       "LIBUKDRIVER_VIRTIO_NET_QUEUE: want a power of two");
_Static_assert(UKD_NET_CHECKSUM_PART == VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	       UKD_NET_CHECKSUM_GOOD == VIRTIO_NET_HDR_F_DATA_VALID,
	       "flags are handed on as they are");

/* State */

/*
 * A buffer that the device has, and a header of one in a place of its own. It
 * is kept here because nothing is read back from what a device writes to.
 */
struct virtio_net_slot {
	struct virtio_net_slot *next;	/* free, or of the frame, or stranded */
	struct virtio_net_header *header;
	uint8_t *data;
	uint64_t address;		/* of data */
	void *cookie;
	uint32_t size;			/* room for data */
	uint32_t written;		/* header and data */
};

struct virtio_net {
	/* Every frame */
	struct ukd_virtq *receive;
	struct ukd_virtq *send;
	const struct ukd_net_calls *calls;	/* NULL: not started */
	void *host;
	struct virtio_net_slot *free;	/* to receive into */
	uint32_t header_bytes;
	uint32_t mtu;
	uint32_t room_min;		/* of a buffer to receive into */
	uint32_t sending;		/* frames that the device has */
	uint8_t flags;			/* that a received header may have */
	bool is_merging;		/* frames may be spread over buffers */
	bool is_apart;			/* headers not beside the frames */
	bool is_special;		/* broken, stopped, or with a frame in `first` */
	bool is_broken;
	bool is_stopped;
	bool is_small_said;
	volatile bool is_waiting;	/* for an interrupt */

	/* A frame of several parts, until all of it is there and there is room */
	struct virtio_net_slot *first;
	struct virtio_net_slot *last;
	uint32_t parts;			/* in the list */
	uint32_t missing;		/* not in it yet */
	uint16_t frame_flags;
	uint16_t checksum_start;
	uint16_t checksum_offset;

	struct virtio_net_slot *stranded;	/* that the ring didn't take */
	struct virtio_net_slot *free_send;	/* only when apart */
	struct virtio_net_slot *slots;		/* receive, then send */
	struct virtio_net_header *headers;	/* as many, only when apart */
	uint64_t headers_address;
	uint32_t slot_count;
	uint64_t agreed;		/* features */
	const struct ukd_device *dev;
};

/* Helpers */

static inline void virtio_net_push(struct virtio_net_slot **list,
				   struct virtio_net_slot *slot)
{
	slot->next = *list;
	*list = slot;
}

/* Where the device finds the header of a slot that has it apart. */
static inline uint64_t virtio_net_header_address(const struct virtio_net *net,
						 const struct virtio_net_slot *slot)
{
	return net->headers_address +
	       (uint64_t)(slot - net->slots) * sizeof(*slot->header);
}

/**
 * Let the device receive into a buffer; the caller publishes.
 *
 * Without VERSION_1 and ANY_LAYOUT the header has a descriptor of its own.
 *
 * @return 0, or -ENOMEM
 *
 * Source: VIRTIO 5.1.6.3.
 */
static inline int virtio_net_give(struct virtio_net *net,
				  struct virtio_net_slot *slot)
{
	struct ukd_segment segment[2];

	if (virtio_net_rarely(net->is_apart)) {
		segment[0] = (struct ukd_segment){
			virtio_net_header_address(net, slot), net->header_bytes,
		};
		segment[1] = (struct ukd_segment){ slot->address, slot->size };
		return ukd_virtq_add(net->receive, segment, 0, 2, slot);
	}
	segment[0].address = slot->address - net->header_bytes;
	segment[0].size = slot->size + net->header_bytes;
	return ukd_virtq_add(net->receive, segment, 0, 1, slot);
}

/* Whether the device broke the rules: ours, or the ring's. */
__attribute__((noinline))
static bool virtio_net_is_broken(struct virtio_net *net)
{
	if (ukd_virtq_is_broken(net->receive))	/* that is, the device */
		net->is_broken = net->is_special = true;
	return net->is_broken;
}

/*
 * Whether a frame of so many bytes isn't longer than the MTU allows. A VLAN's
 * tag isn't counted.
 */
__attribute__((noinline))
static bool virtio_net_fits(const struct virtio_net *net, uint64_t size,
			    const void *data)
{
	uint64_t most = net->mtu + VIRTIO_NET_ETHERNET;

	if (size <= most)
		return true;
	return size - most <= VIRTIO_NET_TAG &&
	       ukd_dma_read16((const uint16_t *)data + VIRTIO_NET_TYPE) ==
	       VIRTIO_NET_TAGGED;
}

#endif /* VIRTIO_NET_H */
