/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of the network library share: checks, and a device. */
#ifndef NET_TEST_H
#define NET_TEST_H

#include <stdbool.h>
#include <uk/net.h>

extern const char *name;
void check(bool is_true, const char *expression);
#define CHECK(expression)	check(expression, #expression)

#define RING		24U	/* buffers that a device takes */
#define SENDS		8U	/* frames that it has in flight at a time */
#define HEADROOM	12

/* A device without hardware: what it is sent it has until it is asked to end. */
struct fake {
	struct ukd_device dev;
	const struct ukd_net_calls *calls;
	void *host;
	struct ukd_frame empty[RING], in_flight[SENDS];
	unsigned int empty_count, in_flight_count;
	unsigned int arriving;		/* frames to be received */
	unsigned int supplies;		/* calls */
	int start_result;
	bool takes_none, is_link_up, has_interrupt;
};

extern struct fake fakes[2];

/** Hand it to the host. */
bool fake_add(struct fake *fake);

/** Call wake(), as an interrupt would. */
void fake_interrupt(void *fake);

/** Waiting, with and without threads. */
void test_waits(struct uk_net *net, struct fake *fake);

#endif /* NET_TEST_H */
