/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's date: that of the clock, and never one that was before. */

#include "clock.h"

#include <stdio.h>
#include <uk/plat/time.h>

static void show(const char *name)
{
	uint64_t us;

	if (uk_time_of_day_us(&us))
		printf("%s: none\n", name);
	else
		printf("%s: %lu\n", name, us / US_PER_S);
}

/* Set the device behind the host's back, and have it read again. */
static void move(const char *name, int64_t by)
{
	clock.ops->set(clock.self, clock_read() + (uint64_t)by);
	printf("update: %d\n", uk_time_of_day_update());
	show(name);
}

void show_dates(void)
{
	uint64_t before, after, start;

	show("date");
	if (!clock.ops) {
		printf("update: %d\n", uk_time_of_day_update());
		return;
	}
	if (uk_time_of_day_us(&before))
		return;
	start = clock_read();
	uk_sleep_us(30000);
	uk_time_of_day_us(&after);
	printf("slept: %s\n", after - before >= 30000 ? "ok" : "FAIL");
	move("forward", 1000);
	move("back", -5000);
	move("again", 0);
	clock.ops->set(clock.self, start);
}

/* A second late at most, for it counts from a whole one. */
void check_host(void)
{
	uint64_t us, seconds;

	check_begin("host");
	WANT(uk_time_of_day_update(), 0);
	seconds = clock_read();
	WANT(uk_time_of_day_us(&us), 0);
	CHECK(us / US_PER_S + 1 >= seconds);
}
