/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The network library, over devices without hardware. Prints "ok NAME" or
 * "FAIL NAME: expression" a check, at the end "net: N checks, M failed".
 */

#include "net_test.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/config.h>
#include <ukd/errno.h>

#define OTHERS		CONFIG_LIBUKNET_OTHER_BUFFERS
#define POOL		(RING + SENDS + OTHERS)

const char *name;
static unsigned int checks, failed;

void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

static struct ukd_frame held[POOL + 1];

/* All buffers of a pool, wherever they are, are as many as they were. */
static bool is_whole(struct uk_net *net, const struct fake *fake)
{
	unsigned int free = uk_net_take(net, held, POOL + 1);

	uk_net_release(held, free);
	return free + fake->empty_count + fake->in_flight_count == POOL;
}

static void frames_go_in_and_out(struct uk_net *net, struct fake *fake)
{
	struct ukd_frame frame[UK_NET_RECEIVE_MIN];
	unsigned int round;

	name = "echo";
	CHECK(fake->empty_count == RING);
	for (round = 0; round < 100; round++) {
		int received, sent;
		void *data;

		fake->arriving = 1 + round % SENDS;
		received = uk_net_receive(net, frame, UK_NET_RECEIVE_MIN);
		data = frame[0].data;
		sent = uk_net_send(net, frame, (unsigned int)received);
		if (received != (int)(1 + round % SENDS) || sent != received ||
		    fake->in_flight[0].data != data || !is_whole(net, fake))
			break;
	}
	CHECK(round == 100);
	CHECK(uk_net_stats(net)->received == uk_net_stats(net)->sent);
	CHECK(uk_net_stats(net)->sent_bytes == uk_net_stats(net)->sent * 100);
}

static void buffers_are_given_in_batches(struct uk_net *net, struct fake *fake)
{
	struct ukd_frame frame[UK_NET_RECEIVE_MIN];
	unsigned int i, before = fake->supplies;

	name = "batches";
	for (i = 0; i < RING * 4; i++) {
		fake->arriving = 1;
		CHECK(uk_net_receive(net, frame, UK_NET_RECEIVE_MIN) == 1);
		uk_net_release(frame, 1);
	}
	CHECK(fake->supplies - before <= 2 * 4);
	CHECK(is_whole(net, fake));
}

static void all_buffers_held(struct uk_net *net, struct fake *fake)
{
	unsigned int count = 0;
	int received;

	name = "all held";
	fake->arriving = POOL + 1;
	while (count < POOL &&
	       (received = uk_net_receive(net, held + count,
					  UK_NET_RECEIVE_MIN)) > 0)
		count += (unsigned int)received;
	CHECK(count == POOL);
	CHECK(!uk_net_take(net, &held[POOL], 1));
	uk_net_release(held, count);
	CHECK(!uk_net_receive(net, held, UK_NET_RECEIVE_MIN));
	CHECK(uk_net_receive(net, held, UK_NET_RECEIVE_MIN) == 1);
	uk_net_release(held, 1);
	CHECK(is_whole(net, fake));
}

static void a_start_that_moved(struct uk_net *net, struct fake *fake)
{
	struct ukd_frame frame[SENDS + 2];
	unsigned int count = uk_net_take(net, frame, SENDS + 2);
	uintptr_t first;

	name = "moved";
	CHECK(count == SENDS + 2);
	first = (uintptr_t)frame[0].data;
	CHECK(first % 16 == 0);
	CHECK(first % 2048 >= HEADROOM + sizeof(void *));
	CHECK(frame[0].size >= 1514 && first % 2048 + frame[0].size <= 2048);
	frame[0].data = (char *)frame[0].data + 14;
	frame[0].size = 60;
	CHECK(uk_net_send(net, frame, count) == SENDS);
	CHECK(fake->in_flight[0].address == (uintptr_t)frame[0].data);
	CHECK(fake->in_flight[0].size == 60);
	uk_net_release(frame + SENDS, 2);
	CHECK(is_whole(net, fake));
}

static void through_another_device(struct uk_net *net, struct fake *fake)
{
	struct uk_net *other = uk_net(1);
	struct ukd_frame frame[UK_NET_RECEIVE_MIN];

	name = "bridge";
	fake->arriving = 5;
	CHECK(uk_net_receive(net, frame, UK_NET_RECEIVE_MIN) == 5);
	CHECK(uk_net_send(other, frame, 5) == 5);
	CHECK(fakes[1].in_flight_count == 5);
	CHECK(uk_net_close(net) == -EBUSY);
	CHECK(uk_net_open(net) == -EBUSY);
	CHECK(!uk_net_send(other, NULL, 0));
	CHECK(!uk_net_close(net));
	CHECK(!uk_net_open(net));
	CHECK(is_whole(other, &fakes[1]));
}

static void checksums_that_the_device_leaves(struct uk_net *net,
					     const struct fake *fake)
{
	/* RFC 1071, section 3: these sum to ddf2. */
	static const uint8_t data[] = { 0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7 };
	struct ukd_frame frame;
	uint8_t *bytes;

	name = "checksum";
	CHECK(uk_net_take(net, &frame, 1) == 1);
	bytes = frame.data;
	memset(bytes, 0xaa, 14);
	memcpy(bytes + 14, data, sizeof(data));
	memset(bytes + 14 + sizeof(data), 0, 2);
	frame.size = 14 + sizeof(data) + 2;
	frame.flags = UKD_NET_CHECKSUM_PART;
	frame.checksum_start = 14;
	frame.checksum_offset = sizeof(data);
	CHECK(uk_net_send(net, &frame, 1) == 1);
	CHECK(!fake->in_flight[0].flags);
	CHECK(bytes[14 + sizeof(data)] == 0x22);
	CHECK(bytes[15 + sizeof(data)] == 0x0d);
}

static void devices_that_fail(struct uk_net *net, struct fake *fake)
{
	struct uk_alloc_stats before = uk_alloc_stats(), after;

	name = "failures";
	fake->start_result = -ETIMEDOUT;
	CHECK(uk_net_open(net) == -ETIMEDOUT);
	fake->start_result = 0;
	fake->takes_none = true;
	CHECK(uk_net_open(net) == -EIO);
	fake->takes_none = false;
	after = uk_alloc_stats();
	CHECK(after.used_blocks == before.used_blocks);
	CHECK(after.used_bytes == before.used_bytes);
}

int main(void)
{
	struct uk_alloc_stats before, after;
	struct uk_net *net;

	name = "open";
	CHECK(!uk_net(0));
	CHECK(fake_add(&fakes[0]) && fake_add(&fakes[1]));
	net = uk_net(0);
	CHECK(net && uk_net(1) && !uk_net(2));
	devices_that_fail(net, &fakes[0]);
	before = uk_alloc_stats();
	name = "open";
	CHECK(!uk_net_open(net) && !uk_net_open(uk_net(1)));
	CHECK(uk_net_open(net) == -EBUSY);

	frames_go_in_and_out(net, &fakes[0]);
	buffers_are_given_in_batches(net, &fakes[0]);
	all_buffers_held(net, &fakes[0]);
	a_start_that_moved(net, &fakes[0]);
	through_another_device(net, &fakes[0]);
	checksums_that_the_device_leaves(net, &fakes[0]);
	test_waits(net, &fakes[0]);

	name = "close";
	CHECK(!uk_net_close(net) && !uk_net_close(uk_net(1)));
	CHECK(!uk_net_close(net));
	after = uk_alloc_stats();
	CHECK(after.used_blocks == before.used_blocks);
	CHECK(after.used_bytes == before.used_bytes);
	printf("net: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
