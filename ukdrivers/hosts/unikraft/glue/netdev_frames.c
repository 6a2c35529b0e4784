/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way of a frame, between a driver of the kit and lib/uknetdev.
 *
 * A buffer is handed on as it is. A frame to send is copied only when it is
 * spread over several buffers, has no room for the driver before it, or doesn't
 * lie where the device sees it in one piece. One that is received in parts is a
 * chain of buffers.
 */

#include "netdev.h"

#include <ukd/errno.h>

#include <string.h>
#include <uk/alloc.h>
#include <uk/essentials.h>
#include <uk/netbuf.h>

#define COPY_ALIGN	64U

_Static_assert(sizeof(((struct uk_netbuf *)0)->len) == sizeof(uint16_t),
	       "what a buffer can be long");

static inline int address_of(const struct netdev *net, const void *data,
			     size_t size, uint64_t *address)
{
	if (likely(net->is_direct)) {
		*address = (uintptr_t)data;
		return 0;
	}
	/* what the driver puts before it belongs to it */
	if (ukd_host_dma_address(net->dev, (const char *)data - net->headroom,
				 size + net->headroom, address))
		return -ERANGE;
	*address += net->headroom;
	return 0;
}

/* In */

/* @return whether the driver may have it */
static inline bool describe(const struct netdev *net, struct uk_netbuf *buffer,
			    struct ukd_frame *frame)
{
	const uint32_t most = UINT16_MAX - net->headroom;

	frame->data = buffer->data;
	frame->size = buffer->len < most ? buffer->len : most;
	frame->cookie = buffer;
	return uk_netbuf_headroom(buffer) >= net->headroom &&
	       !address_of(net, buffer->data, buffer->len, &frame->address);
}

int netdev_refill(struct netdev *net, uint32_t least)
{
	struct uk_netbuf *buffer[NETDEV_BATCH];
	struct ukd_frame frame[NETDEV_BATCH];

	while (net->missing >= least && net->missing) {
		uint32_t wanted = MIN(net->missing, NETDEV_BATCH);
		uint32_t got = net->alloc(net->alloc_arg, buffer,
					  (uint16_t)wanted);
		uint32_t fit = 0, taken;

		while (fit < got && describe(net, buffer[fit], &frame[fit]))
			fit++;
		taken = fit ? net->ops->supply(net->self, frame, fit) : 0;
		net->missing -= taken;
		if (likely(taken == wanted))
			continue;
		for (; taken < got; taken++)
			uk_netbuf_free(buffer[taken]);
		return UK_NETDEV_STATUS_UNDERRUN;
	}
	return 0;
}

static inline void fill_in(struct uk_netbuf *buffer,
			   const struct ukd_frame *frame)
{
	buffer->data = frame->data;
	buffer->len = (uint16_t)frame->size;
	buffer->flags = 0;
	if (likely(!frame->flags))
		return;
	if (frame->flags & UKD_NET_CHECKSUM_GOOD)
		buffer->flags |= UK_NETBUF_F_DATA_VALID;
	if (frame->flags & UKD_NET_CHECKSUM_PART) {
		buffer->flags |= UK_NETBUF_F_PARTIAL_CSUM;
		buffer->csum_start = frame->checksum_start;
		buffer->csum_offset = frame->checksum_offset;
	}
}

int netdev_fetch(struct netdev *net)
{
	struct ukd_frame frame[NETDEV_BATCH];
	int i, count = net->ops->receive(net->self, frame, NETDEV_BATCH);
	unsigned int parts = 0;

	net->ready_next = net->ready;
	if (unlikely(count < 0))
		return count;
	net->missing += (uint32_t)count;
	for (i = 0; i < count; i++) {
		struct uk_netbuf *buffer = frame[i].cookie;

		fill_in(buffer, &frame[i]);
		if (unlikely(parts))
			uk_netbuf_append(net->ready[net->ready_count - 1],
					 buffer);
		else
			net->ready[net->ready_count++] = buffer;
		parts = frame[i].more;
	}
	return 0;
}

/*
 * Look for more, and have an interrupt come if there is none. A round takes
 * something that the device has sent.
 *
 * @return whether the caller has to come again
 */
static bool look(struct netdev *net)
{
	do {
		if (netdev_fetch(net))
			return true;	/* and learns of it then */
	} while (!net->ready_count && net->is_asked &&
		 net->ops->set_interrupt(net->self, true));
	return net->ready_count;
}

int netdev_rx_one(struct uk_netdev *own, struct uk_netdev_rx_queue *queue,
		  struct uk_netbuf **packet)
{
	struct netdev *net = netdev_of(own);
	int status = UK_NETDEV_STATUS_SUCCESS;

	(void)queue;	/* there is one */
	if (!net->ready_count && look(net) && !net->ready_count)
		return -EIO;
	*packet = NULL;
	if (!net->ready_count)
		return 0;

	*packet = *net->ready_next++;
	if (--net->ready_count || look(net))
		status |= UK_NETDEV_STATUS_MORE;
	if (net->missing >= net->batch)
		status |= netdev_refill(net, net->batch);
	return status;
}

/* Out */

void netdev_sent(void *host, void *cookie)
{
	((struct netdev *)host)->sending--;
	uk_netbuf_free(cookie);
}

static inline int send(struct netdev *net, struct uk_netbuf *buffer,
		       uint64_t address)
{
	struct ukd_frame frame = {
		.data = buffer->data,
		.address = address,
		.size = buffer->len,
		.cookie = buffer,
	};
	int sent;

	if (unlikely(buffer->flags & UK_NETBUF_F_PARTIAL_CSUM)) {
		frame.flags = UKD_NET_CHECKSUM_PART;
		frame.checksum_start = buffer->csum_start;
		frame.checksum_offset = buffer->csum_offset;
	}
	sent = net->ops->send(net->self, &frame, 1);
	if (unlikely(sent <= 0))
		return sent;
	return ++net->sending < net->send_max
	       ? UK_NETDEV_STATUS_SUCCESS | UK_NETDEV_STATUS_MORE
	       : UK_NETDEV_STATUS_SUCCESS;
}

/* Put all parts of a frame into one buffer; NULL: there is no memory. */
static struct uk_netbuf *copy_of(const struct netdev *net,
				 const struct uk_netbuf *packet, size_t size)
{
	const struct uk_netbuf *part;
	struct uk_netbuf *copy;

	copy = uk_netbuf_alloc_buf(uk_alloc_get_default(),
				   size + net->headroom, COPY_ALIGN,
				   net->headroom, 0, NULL);
	if (!copy)
		return NULL;
	copy->flags = packet->flags;
	copy->csum_start = packet->csum_start;
	copy->csum_offset = packet->csum_offset;
	UK_NETBUF_CHAIN_FOREACH(part, packet) {
		memcpy((char *)copy->data + copy->len, part->data, part->len);
		copy->len = (uint16_t)(copy->len + part->len);
	}
	return copy;
}

__attribute__((noinline))
static int send_copy(struct netdev *net, struct uk_netbuf *packet)
{
	const struct uk_netbuf *part;
	struct uk_netbuf *copy;
	uint64_t address;
	size_t size = 0;
	int rc;

	UK_NETBUF_CHAIN_FOREACH(part, packet)
		size += part->len;
	if (size > UINT16_MAX)
		return -EINVAL;
	copy = copy_of(net, packet, size);
	if (!copy)
		return -ENOMEM;
	rc = address_of(net, copy->data, size, &address);
	if (!rc)
		rc = send(net, copy, address);
	/* what was taken is the driver's: now the copy, else it stays */
	uk_netbuf_free(rc > 0 ? packet : copy);
	return rc;
}

int netdev_tx_one(struct uk_netdev *own, struct uk_netdev_tx_queue *queue,
		  struct uk_netbuf *packet)
{
	struct netdev *net = netdev_of(own);
	uint64_t address;

	(void)queue;	/* there is one */
	if (unlikely(packet->next || (uintptr_t)packet->data % 2 ||
		     uk_netbuf_headroom(packet) < net->headroom ||
		     address_of(net, packet->data, packet->len, &address)))
		return send_copy(net, packet);
	return send(net, packet, address);
}
