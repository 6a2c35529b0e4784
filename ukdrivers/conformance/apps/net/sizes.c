/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of every size, and of none that there may be. */

#include "net_check.h"

#include <ukd/errno.h>

#define AFTER		64U	/* frames that come after those that don't */

/* Out and in; what comes is as long as what was sent, so nothing is behind it. */
void check_every_size(struct port *port)
{
	uint32_t most = port_send_max(port);
	struct run run = run_of(port, HEADER, 1, most - HEADER + 1);

	CHECK(most > HEADER);
	CHECK(run_echo(port, &run, BURST));
	WANT(run.came, run.count);
	WANT(run.wrong, 0);
}

/* In only: one that has no room in a buffer comes in parts, all in one call. */
void check_parts(struct port *port)
{
	uint32_t most = port_frame_max(port), step = 1 + most / 512;
	struct run run = run_of(port, PADDED, step, (most - PADDED) / step + 1);
	struct run longest = run_of(port, most, 0, AFTER);

	CHECK(run_ask(port, &run) && run_finish(port, &run));
	WANT(run.came, run.count);
	CHECK(run_ask(port, &longest) && run_finish(port, &longest));
	WANT(longest.came, AFTER);
}

/* It stays the sender's, and what is sent before it goes. */
static void refuse(struct port *port, uint32_t size)
{
	struct run run = run_of(port, 100, 0, 1);
	struct ukd_frame frame[2];

	CHECK(run_make(port, &run, 0, &frame[0]));
	CHECK(uk_net_take(port->net, &frame[1], 1));
	frame[1].size = size;
	WANT(uk_net_send(port->net, &frame[1], 1), -EINVAL);
	WANT(uk_net_send(port->net, frame, 2), 1);
	WANT(uk_net_send(port->net, &frame[1], 1), -EINVAL);
	uk_net_release(&frame[1], 1);
	CHECK(run_finish(port, &run));
}

void check_refused(struct port *port)
{
	refuse(port, 0);
	refuse(port, HEADER - 1);
	refuse(port, port_frame_max(port) + 1);
	refuse(port, port_frame_max(port) + 200);
	refuse(port, UINT32_MAX);
	WANT(uk_net_send(port->net, NULL, 0), 0);
}

/* None that is longer than the MTU allows comes, and they use no buffer up. */
void check_oversized(struct port *port)
{
	const uint32_t more[] = { 1, 4, 60, 500, 600, 2500 };
	uint32_t count = 2U * uk_net_info(port->net)->receive_max;
	unsigned int i;

	for (i = 0; i < sizeof(more) / sizeof(*more); i++) {
		struct run none = run_of(port, port_frame_max(port) + more[i],
					 0, count);

		CHECK(run_ask(port, &none));
		CHECK(run_whole(port, 100, 0, AFTER));
	}
}

/* No frame is shorter than its header. */
void check_short(struct port *port)
{
	uint32_t size;

	for (size = 1; size < HEADER; size++) {
		struct run none = run_of(port, size, 0, BURST);

		CHECK(run_ask(port, &none));
	}
	CHECK(run_whole(port, 100, 0, AFTER));
}
