/* SPDX-License-Identifier: BSD-3-Clause */
/* The device. */

#include "net_test.h"

#include <string.h>
#include <ukd/errno.h>

#define ARRIVED_SIZE	100

struct fake fakes[2] = {
	{ .dev = { .path = "/test/0" } },
	{ .dev = { .path = "/test/1" } },
};

static int start(void *self, const struct ukd_net_calls *calls, void *host)
{
	struct fake *fake = self;

	fake->calls = calls;
	fake->host = host;
	return fake->start_result;
}

static unsigned int supply(void *self, const struct ukd_frame *frame,
			   unsigned int count)
{
	struct fake *fake = self;
	unsigned int taken = 0;

	fake->supplies++;
	while (!fake->takes_none && taken < count && fake->empty_count < RING)
		fake->empty[fake->empty_count++] = frame[taken++];
	return taken;
}

/* What was in flight before is through. */
static int send(void *self, const struct ukd_frame *frame, unsigned int count)
{
	struct fake *fake = self;
	unsigned int taken = 0;

	while (fake->in_flight_count) {
		fake->in_flight_count--;
		fake->calls->sent(fake->host,
				  fake->in_flight[fake->in_flight_count].cookie);
	}
	while (taken < count && fake->in_flight_count < SENDS)
		fake->in_flight[fake->in_flight_count++] = frame[taken++];
	return (int)taken;
}

static int receive(void *self, struct ukd_frame *frame, unsigned int max)
{
	struct fake *fake = self;
	unsigned int count = 0;

	while (count < max && fake->arriving && fake->empty_count) {
		frame[count] = fake->empty[--fake->empty_count];
		frame[count].size = ARRIVED_SIZE;
		frame[count].flags = frame[count].more = 0;
		fake->arriving--;
		count++;
	}
	return (int)count;
}

static bool set_interrupt(void *self, bool is_on)
{
	struct fake *fake = self;

	fake->has_interrupt = is_on;
	return fake->arriving;
}

static bool is_link_up(void *self)
{
	return ((struct fake *)self)->is_link_up;
}

static void stop(void *self)
{
	struct fake *fake = self;

	(void)send(self, NULL, 0);
	while (fake->empty_count)
		fake->calls->sent(fake->host,
				  fake->empty[--fake->empty_count].cookie);
}

static const struct ukd_net_ops ops = {
	.start = start,
	.supply = supply,
	.send = send,
	.receive = receive,
	.set_interrupt = set_interrupt,
	.is_link_up = is_link_up,
	.stop = stop,
};

bool fake_add(struct fake *fake)
{
	const struct ukd_net_info info = {
		.mac = { 2, 0, 0, 0, 0, 1 },
		.mtu = 1500,
		.headroom = HEADROOM,
		.send_max = SENDS,
		.receive_max = RING,
	};

	return !ukd_net_add(&fake->dev, &ops, fake, &info);
}

void fake_interrupt(void *arg)
{
	struct fake *fake = arg;

	fake->calls->wake(fake->host);
}
