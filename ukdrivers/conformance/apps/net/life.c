/* SPDX-License-Identifier: BSD-3-Clause */
/* What a device is like, its link, its checksums, and its end. */

#include "net_check.h"

#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>
#include <ukd/errno.h>
#include <ukd/time.h>

#define MTU_MIN		68U	/* RFC 791, 3.2 */
#define STOPS		3U
#define SUM_START	20U
#define SUM_OFFSET	6U
#define SUM_SIZE	301U	/* odd */

void check_info(struct port *port)
{
	const struct ukd_net_info *info = uk_net_info(port->net);
	unsigned int i, sum = 0;

	for (i = 0; i < UKD_NET_MAC_BYTES; i++)
		sum += info->mac[i];
	CHECK(sum);
	CHECK(!(info->mac[0] & 1));	/* a group's */
	CHECK(info->mtu >= MTU_MIN);
	CHECK(info->send_max && info->receive_max);
	CHECK(uk_net_is_link_up(port->net));
}

/* The Internet checksum. RFC 1071. */
static uint16_t sum_of(const uint8_t *bytes, uint32_t size)
{
	uint32_t sum = 0, i;

	for (i = 0; i < size; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* @return the next frame, or false: there is none. The caller's to release. */
static bool receive_one(struct port *port, struct ukd_frame *frame)
{
	struct ukd_frame came[BURST];
	uint64_t end = ukd_now_us() + PATIENCE_US;
	int count = 0;

	while (!count && ukd_now_us() < end)
		count = uk_net_receive(port->net, came, BURST);
	if (count == 1) {
		*frame = came[0];
		return true;
	}
	if (count > 0)
		uk_net_release(came, (unsigned int)count);
	return false;
}

/* Left to the device: what comes back has it, and all else as it was. */
static void sum_by_device(struct port *port, uint32_t size)
{
	struct run run = run_of(port, size, 0, 1);
	struct ukd_frame frame;
	const uint8_t *bytes;

	CHECK(run_make(port, &run, 0, &frame));
	memset((uint8_t *)frame.data + SUM_START + SUM_OFFSET, 0, 2);
	frame.flags = UKD_NET_CHECKSUM_PART;
	frame.checksum_start = SUM_START;
	frame.checksum_offset = SUM_OFFSET;
	WANT(uk_net_send(port->net, &frame, 1), 1);
	if (!CHECK(receive_one(port, &frame)))
		return;
	bytes = frame.data;
	WANT(frame.size, size);
	WANT(sum_of(bytes + SUM_START, size - SUM_START), 0);
	CHECK(bytes[SUM_START + SUM_OFFSET] || bytes[SUM_START + SUM_OFFSET + 1]);
	uk_net_release(&frame, 1);
}

/* One that would lie outside of the frame is refused. */
static void sum_outside(struct port *port)
{
	struct run run = run_of(port, SUM_SIZE, 0, 1);
	struct ukd_frame frame;

	CHECK(run_make(port, &run, 0, &frame));
	frame.flags = UKD_NET_CHECKSUM_PART;
	frame.checksum_start = SUM_SIZE - 7;
	frame.checksum_offset = SUM_OFFSET;
	WANT(uk_net_send(port->net, &frame, 1), -EINVAL);
	uk_net_release(&frame, 1);
}

/* What nobody has checked isn't said to be good; what follows is as ever. */
void check_checksum(struct port *port)
{
	struct run run = run_of(port, SUM_SIZE, 0, 1);
	struct ukd_frame frame;

	sum_by_device(port, SUM_SIZE);
	sum_by_device(port, SUM_SIZE + 1);
	if (uk_net_info(port->net)->can_checksum)
		sum_outside(port);
	CHECK(run_send(port, &run, 0, 1));
	if (!CHECK(receive_one(port, &frame)))
		return;
	WANT(frame.flags, 0);
	uk_net_release(&frame, 1);
}

static bool link_becomes(const struct port *port, bool is_up,
			 unsigned int before)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;

	while (ukd_now_us() < end) {
		if (uk_net_is_link_up(port->net) == is_up &&
		    port->interrupts != before)
			return true;
	}
	return false;
}

/*
 * Each change wakes, whether interrupts for frames are on or off. The machine's
 * keeper waits for the line.
 */
static void change_link(struct port *port, bool is_up)
{
	const uint8_t *mac = uk_net_info(port->net)->mac;
	unsigned int before = port->interrupts;

	printf("link %02x:%02x:%02x:%02x:%02x:%02x %s\n", mac[0], mac[1],
	       mac[2], mac[3], mac[4], mac[5], is_up ? "up" : "down");
	CHECK(link_becomes(port, is_up, before));
}

void check_link(struct port *port)
{
	unsigned int round;

	for (round = 0; round < 2; round++) {
		(void)uk_net_set_interrupt(port->net, round);
		change_link(port, false);
		(void)uk_net_set_interrupt(port->net, round);
		change_link(port, true);
		CHECK(port_settle(port));
		CHECK(run_whole(port, 64, 0, 100));
	}
	(void)uk_net_set_interrupt(port->net, false);
}

/* Amid frames both ways: all buffers come back, and it goes on with a start. */
void check_stop(struct port *port)
{
	struct uk_alloc_stats before = { 0 };
	unsigned int round;

	for (round = 0; round < STOPS; round++) {
		struct run lost = run_of(port, 64, 0, 2 * BURST);

		CHECK(run_ask(port, &lost));
		CHECK(run_send(port, &lost, 0, BURST));
		WANT(uk_net_close(port->net), 0);
		if (!round)
			before = uk_alloc_stats();
		WANT(uk_alloc_stats().used_bytes, before.used_bytes);
		WANT(uk_alloc_stats().used_blocks, before.used_blocks);
		if (!CHECK(!uk_net_open(port->net)))
			return;
		CHECK(port_settle(port));
		CHECK(run_whole(port, 64, 0, 4 * BURST));
	}
}
