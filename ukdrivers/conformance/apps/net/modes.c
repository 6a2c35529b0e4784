/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts for received frames: none, one, and going from one to the other. */

#include "net_check.h"

#include <ukd/time.h>

#define SOON_US		5000U
#define WAITS		200U
#define TURN		7U	/* frames between two switches */

static bool set(struct port *port, bool is_on)
{
	return uk_net_set_interrupt(port->net, is_on);
}

void check_polling(struct port *port)
{
	unsigned int before;

	CHECK(!set(port, false));
	before = port->interrupts;
	CHECK(run_whole(port, 64, 0, 200));
	pause_us(SOON_US);
	WANT(port->interrupts, before);
}

/* @return whether there was an interrupt within PATIENCE_US */
static bool comes(const struct port *port, unsigned int before)
{
	uint64_t waited;

	for (waited = 0; waited < PATIENCE_US; waited += 100) {
		if (port->interrupts != before)
			return true;
		pause_us(100);
	}
	return false;
}

/* On until the next one; what is there already is told instead. */
void check_interrupt_once(struct port *port)
{
	struct run first = run_of(port, 64, 0, 1);
	struct run others = run_of(port, 64, 0, 10);
	unsigned int before = port->interrupts;

	CHECK(!set(port, true));
	CHECK(run_ask(port, &first));
	CHECK(comes(port, before));
	CHECK(run_ask(port, &others));
	pause_us(SOON_US);
	WANT(port->interrupts, before + 1);

	CHECK(set(port, true));
	CHECK(run_finish(port, &first));
	/* what came of the others may be in the same call */
	if (first.came > first.count)
		others.came += first.came - first.count;
	CHECK(run_finish(port, &others));
	CHECK(!set(port, true));
	CHECK(!set(port, false));
}

/* Each frame is waited for, and wakes. */
void check_waiting(struct port *port)
{
	unsigned int i;

	for (i = 0; i < WAITS; i++) {
		struct run run = run_of(port, 64, 0, 1);

		CHECK(run_ask(port, &run));
		while (!run.came) {
			if (!CHECK(!uk_net_wait(&port->net, 1, PATIENCE_US)))
				return;
			CHECK(run_poll(port, &run) >= 0);
		}
		WANT(run.wrong, 0);
	}
	(void)set(port, false);
}

/* Whether it waits changes all the time, while frames come. */
void check_switching(struct port *port)
{
	struct run run = run_of(port, 64, 0, 1000);
	uint64_t end = ukd_now_us() + PATIENCE_US;
	uint32_t sent = 0;

	while (run.came < run.count && ukd_now_us() < end) {
		bool is_waiting = run.came / TURN % 2;
		int came;

		if (sent < run.count && sent - run.came < 2 * TURN) {
			if (!CHECK(run_send(port, &run, sent, 1)))
				return;
			sent++;
		}
		if (!is_waiting)
			(void)set(port, false);
		else if (!CHECK(!uk_net_wait(&port->net, 1, PATIENCE_US)))
			return;
		came = run_poll(port, &run);
		if (!CHECK(came >= 0))
			return;
		if (came)
			end = ukd_now_us() + PATIENCE_US;
	}
	WANT(run.came, run.count);
	WANT(run.wrong, 0);
	(void)set(port, false);
}
