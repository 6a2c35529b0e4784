/* SPDX-License-Identifier: BSD-3-Clause */
/* More frames than there is room for. */

#include "net_check.h"

#include <uk/alloc.h>
#include <ukd/time.h>

#define SOON_US		20000U
#define QUIET_US	10000U
#define MANY		2000U

static const uint32_t sizes[] = { 64, 512, 1514 };

/*
 * All that can be in flight are sent by one call, and no more than that; they
 * come back, and so does their room.
 */
void check_in_flight(struct port *port)
{
	const uint32_t most = uk_net_info(port->net)->send_max;
	struct ukd_frame *frame = calloc(most + 1, sizeof(*frame));
	unsigned int round, made;
	int sent;

	for (round = 0; round < 4; round++) {
		struct run run = run_of(port, 64, 0, most + 1);

		for (made = 0; made <= most; made++) {
			if (!run_make(port, &run, made, &frame[made]))
				break;
		}
		sent = uk_net_send(port->net, frame, made);
		CHECK(sent > 0 && (uint32_t)sent <= most);
		run.count = (uint32_t)sent;
		uk_net_release(frame + sent, made - (unsigned int)sent);
		CHECK(run_finish(port, &run));
		WANT(run.came, sent);
	}
	free(frame);
}

/* Several times as many as it has buffers, while nobody looks. */
void check_burst(struct port *port)
{
	struct run run = run_of(port, 64, 0,
				4U * uk_net_info(port->net)->receive_max);

	CHECK(run_ask(port, &run));
	pause_us(SOON_US);
	CHECK(run_finish(port, &run));
	WANT(run.came, run.count);
	WANT(run.wrong, 0);
}

/*
 * Receive and keep, until no more has come for QUIET_US; the first may take as
 * long as anything else does.
 */
static unsigned int hold(struct port *port, struct ukd_frame *held,
			 unsigned int most)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	unsigned int count = 0;

	while (count < most && ukd_now_us() < end) {
		int came = uk_net_receive(port->net, held + count, BURST);

		if (!CHECK(came >= 0))
			break;
		if (!came)
			continue;
		count += (unsigned int)came;
		end = ukd_now_us() + QUIET_US;
	}
	return count;
}

/* All buffers are held for a while. */
void check_starved(struct port *port)
{
	struct run run = run_of(port, 64, 0, 2000);
	struct ukd_frame *held = calloc(run.count + BURST, sizeof(*held));
	unsigned int count;

	CHECK(run_ask(port, &run));
	pause_us(SOON_US);
	count = hold(port, held, run.count);
	CHECK(count);
	run_take(&run, held, count);
	CHECK(run_finish(port, &run));
	WANT(run.came, run.count);
	free(held);
}

/* Out and in, and nothing is used up. */
void check_many(struct port *port)
{
	struct uk_alloc_stats before = uk_alloc_stats();
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct run run = run_of(port, sizes[i], 0, MANY);

		if (sizes[i] > port_send_max(port))
			break;
		CHECK(run_echo(port, &run, BURST));
		WANT(run.came, run.count);
		WANT(run.wrong, 0);
	}
	WANT(uk_alloc_stats().used_bytes, before.used_bytes);
	WANT(uk_alloc_stats().used_blocks, before.used_blocks);
}
