/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of a frame, which is short. */

#include "net.h"

#include <ukd/errno.h>

#include <string.h>

/* Buffers that are described at a time, on the stack. */
#define REFILL_MAX	16U

#define CHECKSUM_BYTES	2

/* The pool */

static void *data_of(const struct uk_net *net, struct uk_net_buffer *buffer)
{
	return (char *)buffer + net->data_offset;
}

static uint64_t address_of(const struct uk_net *net, const void *data)
{
	return (uintptr_t)data + net->address_offset;
}

void uk_net_give_back(void *host, void *cookie)
{
	struct uk_net_buffer *buffer = cookie;
	struct uk_net *net = buffer->owner;

	(void)host;
	net->free[net->free_count++] = buffer;
}

/* Have the driver give back what was sent. */
__attribute__((noinline, cold))
static void reclaim(struct uk_net *net)
{
	net->stats.short_of_buffers++;
	(void)net->ops->send(net->self, NULL, 0);
}

void uk_net_refill(struct uk_net *net)
{
	struct ukd_frame frame[REFILL_MAX];
	const uint32_t room = BUFFER_SIZE - net->data_offset;

	if (net->free_count < net->batch)
		reclaim(net);
	while (net->missing && net->free_count) {
		unsigned int i, taken, count = REFILL_MAX;
		struct uk_net_buffer **buffer;

		if (count > net->missing)
			count = net->missing;
		if (count > net->free_count)
			count = net->free_count;
		buffer = net->free + net->free_count - count;
		for (i = 0; i < count; i++) {
			frame[i].data = data_of(net, buffer[i]);
			frame[i].address = address_of(net, frame[i].data);
			frame[i].size = room;
			frame[i].cookie = buffer[i];
		}
		taken = net->ops->supply(net->self, frame, count);
		net->missing -= taken;
		net->free_count -= taken;
		if (taken == count)
			continue;
		/* the first ones are gone, the others are the last now */
		memmove(buffer, buffer + taken,
			(count - taken) * sizeof(*buffer));
		return;
	}
}

unsigned int uk_net_take(struct uk_net *net, struct ukd_frame *frame,
			 unsigned int count)
{
	unsigned int i;

	if (net->free_count < count)
		reclaim(net);
	if (count > net->free_count)
		count = net->free_count;
	for (i = 0; i < count; i++) {
		struct uk_net_buffer *buffer = net->free[--net->free_count];
		void *data = data_of(net, buffer);

		frame[i] = (struct ukd_frame){
			.data = data,
			.address = address_of(net, data),
			.size = BUFFER_SIZE - net->data_offset,
			.cookie = buffer,
		};
	}
	return count;
}

void uk_net_release(const struct ukd_frame *frame, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		uk_net_give_back(NULL, frame[i].cookie);
}

/* In */

int uk_net_receive(struct uk_net *net, struct ukd_frame *frame,
		   unsigned int max)
{
	int i, count = net->ops->receive(net->self, frame, max);
	uint64_t bytes = 0;

	if (count > 0) {
		for (i = 0; i < count; i++)
			bytes += frame[i].size;
		net->stats.received += (unsigned int)count;
		net->stats.received_bytes += bytes;
		net->missing += (unsigned int)count;
	}
	if (net->missing >= net->batch)
		uk_net_refill(net);
	return count;
}

/* Out */

/*
 * What the device was to do: the Internet checksum from `checksum_start` on;
 * where it goes stands what of it is known already. RFC 1071.
 */
__attribute__((noinline, cold))
static void fill_in_checksum(struct ukd_frame *frame)
{
	uint32_t start = frame->checksum_start, i;
	uint32_t place = start + frame->checksum_offset;
	uint8_t *data = frame->data;
	uint32_t sum = 0;

	frame->flags &= (uint16_t)~UKD_NET_CHECKSUM_PART;
	if (place + CHECKSUM_BYTES > frame->size)
		return;
	for (i = start; i + 1 < frame->size; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	if (i < frame->size)
		sum += (uint32_t)data[i] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
	if (!sum)
		sum = 0xffff;	/* 0 would be none to UDP; they are the same */
	data[place] = (uint8_t)(sum >> 8);
	data[place + 1] = (uint8_t)sum;
}

int uk_net_send(struct uk_net *net, struct ukd_frame *frame,
		unsigned int count)
{
	uint64_t bytes = 0;
	unsigned int i;
	int sent;

	for (i = 0; i < count; i++) {
		frame[i].address = address_of(net, frame[i].data);
		bytes += frame[i].size;
		if (frame[i].flags & UKD_NET_CHECKSUM_PART && !net->can_checksum)
			fill_in_checksum(&frame[i]);
	}
	sent = net->ops->send(net->self, frame, count);
	if (sent <= 0)
		return sent;
	while (i > (unsigned int)sent)
		bytes -= frame[--i].size;
	net->stats.sent += (unsigned int)sent;
	net->stats.sent_bytes += bytes;
	return sent;
}
