/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hundred threads sleep for random times, several times each. A sleeper that
 * wakes notes when, and whether one that was due before it is still asleep.
 * Prints "sleepers: N sleeps, at most M us late".
 */

#include "threads.h"

#include <stdio.h>
#include <uk/plat/time.h>
#include <uk/thread.h>

#define SLEEPERS	100
#define SLEEPS		10
#define SLEEP_MAX_US	20000U

struct sleeper {
	uint64_t due;		/* in ticks; 0: awake */
	uint32_t random;
};

static struct sleeper sleepers[SLEEPERS];
static unsigned int sleeps, early, out_of_order;
static uint64_t late_ticks;

/* Those that are due in the same tick may come in either order. */
static bool is_any_due_before(uint64_t ticks)
{
	unsigned int i;

	for (i = 0; i < SLEEPERS; i++) {
		if (sleepers[i].due && sleepers[i].due < ticks)
			return true;
	}
	return false;
}

static void sleep_often(void *arg)
{
	struct sleeper *own = arg;
	unsigned int i;

	for (i = 0; i < SLEEPS; i++) {
		uint64_t due, now;
		uint32_t us;

		own->random = own->random * 1664525U + 1013904223U;
		us = (own->random >> 8) % SLEEP_MAX_US;
		own->due = ukd_ticks() + uk_us_to_ticks(us);
		uk_sleep_us(us);
		now = ukd_ticks();
		due = own->due;
		own->due = 0;

		sleeps++;
		early += now < due;
		out_of_order += is_any_due_before(due);
		if (now > due && now - due > late_ticks)
			late_ticks = now - due;
	}
}

void sleepers_wake_on_time_and_in_order(void)
{
	struct uk_thread *thread[SLEEPERS];
	unsigned int i, made = 0, joined = 0;

	name = "sleepers";
	for (i = 0; i < SLEEPERS; i++) {
		sleepers[i].random = i;
		made += !uk_thread_create(&thread[i], sleep_often, &sleepers[i]);
	}
	CHECK(made == SLEEPERS);
	for (i = 0; i < made; i++)
		joined += !uk_thread_join(thread[i]);
	CHECK(joined == SLEEPERS);
	CHECK(sleeps == SLEEPERS * SLEEPS);
	CHECK(early == 0);
	CHECK(out_of_order == 0);
	printf("sleepers: %u sleeps, at most %lu us late\n", sleeps,
	       late_ticks * 1000000 / ukd_ticks_hz());
}
