/* SPDX-License-Identifier: BSD-3-Clause */
/* The class's operations, called as a host calls them. */

#include "clock.h"

#include <stddef.h>
#include <ukd/errno.h>
#include <uk/plat/time.h>

#define READINGS	1000U
#define SECONDS		5U
#define STEP_US		10000U
#define DAY_S		UINT64_C(86400)
#define NEW_YEAR_2026	UINT64_C(1767225600)
#define END_OF_31_BITS	(UINT64_C(1) << 31)
#define END_OF_32_BITS	(UINT64_C(1) << 32)

bool check_handed_over(void)
{
	check_begin("handed-over");
	WANT(clock.count, 1);
	return CHECK(clock.ops->read && clock.ops->set);
}

/* It may go on by one between two readings, and never back. */
void check_steady(void)
{
	uint64_t before, now;
	unsigned int i;

	check_begin("steady");
	before = clock_read();
	for (i = 0; i < READINGS; i++, before = now) {
		now = clock_read();
		CHECK(now == before || now == before + 1);
	}
}

/* Sleep in steps until the next second. @return when it began */
static uint64_t next_second(uint64_t *seconds)
{
	uint64_t before = clock_read(), end = ukd_now_us() + 3 * US_PER_S;

	do {
		uk_sleep_us(STEP_US);
		*seconds = clock_read();
	} while (*seconds == before && ukd_now_us() < end);
	WANT(*seconds, before + 1);
	return ukd_now_us();
}

/* By the CPU's counter, as finely as it is looked at. */
void check_second(void)
{
	uint64_t start, end = 0, first, last = 0;
	unsigned int i;

	check_begin("second");
	start = next_second(&first);
	for (i = 0; i < SECONDS; i++)
		end = next_second(&last);
	WANT(last - first, SECONDS);
	CHECK(end - start + 2 * STEP_US >= SECONDS * US_PER_S);
	CHECK(end - start <= SECONDS * US_PER_S + 2 * STEP_US);
}

void check_day(void)
{
	uint64_t start = clock_read(), start_us = ukd_now_us(), taken;

	check_begin("day");
	uk_sleep_us(DAY_S * US_PER_S);
	taken = clock_read() - start;
	CHECK(taken >= (ukd_now_us() - start_us) / US_PER_S);
	CHECK(taken <= (ukd_now_us() - start_us) / US_PER_S + 1);
}

static bool is_now(uint64_t seconds)
{
	uint64_t now = clock_read();

	return now == seconds || now == seconds + 1;
}

void check_set(void)
{
	static const uint64_t times[] = {
		0, 1, 59, DAY_S, 951782400 /* 2000-02-29 */, END_OF_31_BITS - 3,
		NEW_YEAR_2026 - 1, NEW_YEAR_2026,
	};
	unsigned int i;

	check_begin("set");
	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		WANT(clock.ops->set(clock.self, times[i]), 0);
		CHECK(is_now(times[i]));
	}
}

/* What was set is counted on from. */
void check_keeps(void)
{
	check_begin("keeps");
	WANT(clock.ops->set(clock.self, NEW_YEAR_2026), 0);
	uk_sleep_us(10 * US_PER_S);
	CHECK(is_now(NEW_YEAR_2026 + 10));
}

/* Nothing is signed: the last second of 31 bits is followed by the next. */
void check_2038(void)
{
	if (clock.ops->set(clock.self, END_OF_31_BITS) == -ERANGE) {
		check_skip("2038", "the device can't hold it");
		return;
	}
	check_begin("2038");
	WANT(clock.ops->set(clock.self, END_OF_31_BITS - 2), 0);
	uk_sleep_us(4 * US_PER_S);
	CHECK(is_now(END_OF_31_BITS + 2));
	WANT(clock.ops->set(clock.self, END_OF_32_BITS - 100), 0);
	CHECK(is_now(END_OF_32_BITS - 100));
}

/* Either it holds a time or it says so and stays as it was. */
void check_range(void)
{
	static const uint64_t times[] = {
		END_OF_32_BITS, END_OF_32_BITS + 5, NEW_YEAR_2026 << 8,
		UINT64_C(253402300800) /* the year 10000 */,
		UINT64_C(1) << 63, UINT64_MAX,
	};
	unsigned int i;

	check_begin("range");
	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		int rc;

		WANT(clock.ops->set(clock.self, NEW_YEAR_2026), 0);
		rc = clock.ops->set(clock.self, times[i]);
		CHECK(!rc || rc == -ERANGE);
		CHECK(is_now(rc ? NEW_YEAR_2026 : times[i]));
	}
	WANT(clock.ops->set(clock.self, NEW_YEAR_2026), 0);
}
