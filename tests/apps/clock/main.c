/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers, and the date as a clock device of this application tells it. Prints
 * "ok NAME" or "FAIL NAME: expression" a check, and "clock: N checks, M failed".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/plat/time.h>
#include <ukd/errno.h>
#include <ukd/rtc.h>

#define MANY		300
#define US_PER_S	1000000U

/* Checks */

static const char *name;
static unsigned int checks, failed;

static void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

#define CHECK(expression) check(expression, #expression)

/* Timers */

static struct uk_timer timers[MANY];
static volatile unsigned int count, early, wrong;
static struct uk_timer *volatile last;

static uint64_t in_us(uint64_t us)
{
	return ukd_ticks() + uk_us_to_ticks(us);
}

/* In interrupt context: note a timer, which has to be the next one. */
static void note(void *arg)
{
	struct uk_timer *timer = arg, *before = last;

	early += ukd_ticks() < timer->ticks;
	wrong += before && (before->ticks > timer->ticks ||
			    (before->ticks == timer->ticks && before > timer));
	last = timer;
	count++;
}

static bool start(unsigned int index, uint64_t ticks)
{
	return !uk_timer_at(&timers[index], ticks, note, &timers[index]);
}

static void forget(void)
{
	count = early = wrong = 0;
	last = NULL;
}

static void timers_expire_in_order(void)
{
	uint64_t base = in_us(2000);
	unsigned int i, started = 0;

	name = "order";
	forget();
	for (i = 0; i < MANY; i++)	/* several at a time */
		started += start(i, base + uk_us_to_ticks(i * 37 % 100 * 10));
	CHECK(started == MANY);
	uk_sleep_us(5000);
	CHECK(count == MANY);
	CHECK(early == 0);
	CHECK(wrong == 0);
}

static void a_cancelled_timer_does_not_expire(void)
{
	name = "cancel";
	forget();
	CHECK(start(0, in_us(300)) && start(1, in_us(200)) &&
	      start(2, in_us(400)));
	uk_timer_cancel(&timers[1]);	/* the first, */
	uk_timer_cancel(&timers[2]);	/* the last, */
	uk_timer_cancel(&timers[3]);	/* and one that wasn't started */
	uk_sleep_us(1000);
	CHECK(count == 1 && last == &timers[0]);
	uk_timer_cancel(&timers[0]);
}

static void a_started_timer_is_moved(void)
{
	name = "move";
	forget();
	CHECK(start(0, in_us(100)) && start(1, in_us(500)));
	CHECK(start(0, in_us(900)));
	uk_sleep_us(700);
	CHECK(count == 1 && last == &timers[1]);
	uk_sleep_us(400);
	CHECK(count == 2 && last == &timers[0] && early == 0);
	CHECK(start(2, 0));	/* long past: at once */
	uk_sleep_us(1);
	CHECK(count == 3);
}

static void again(void *arg)
{
	struct uk_timer *timer = arg;

	count++;
	if (count < 50)
		(void)uk_timer_at(timer, timer->ticks + uk_us_to_ticks(20),
				  again, timer);
}

static void cancel_others(void *arg)
{
	(void)arg;
	count++;
	uk_timer_cancel(&timers[1]);
	uk_timer_cancel(&timers[2]);
}

static void a_call_may_change_timers(void)
{
	uint64_t base;

	name = "within";
	forget();
	CHECK(!uk_timer_at(&timers[0], in_us(10), again, &timers[0]));
	uk_sleep_us(3000);
	CHECK(count == 50);

	forget();
	base = in_us(200);
	CHECK(!uk_timer_at(&timers[0], base, cancel_others, NULL));
	CHECK(start(1, base) && start(2, base + 1) && start(3, base + 2));
	uk_sleep_us(500);
	CHECK(count == 2 && last == &timers[3]);
}

/* The date */

static uint64_t device_seconds;
static int device_rc;

static int read_device(void *self, uint64_t *seconds)
{
	(void)self;
	*seconds = device_seconds;
	return device_rc;
}

static int set_device(void *self, uint64_t seconds)
{
	(void)self;
	device_seconds = seconds;
	return 0;
}

static const struct ukd_rtc_ops rtc_ops = {
	.read = read_device,
	.set = set_device,
};

static const struct ukd_device rtc = { .path = "/rtc", .driver = "test" };

static uint64_t date_us(void)
{
	uint64_t us = 0;

	return uk_time_of_day_us(&us) ? 0 : us;
}

static void there_is_no_date_without_a_device_that_tells_it(void)
{
	uint64_t us;

	name = "no date";
	CHECK(uk_time_of_day_us(&us) == -ENODEV);
	CHECK(uk_time_of_day_update() == -ENODEV);
	device_rc = -EIO;
	CHECK(!ukd_rtc_add(&rtc, &rtc_ops, NULL));
	CHECK(uk_time_of_day_us(&us) == -ENODEV);
	CHECK(uk_time_of_day_update() == -EIO);
	CHECK(ukd_rtc_add(&rtc, &rtc_ops, NULL) == -EBUSY);
}

static void the_date_goes_on_from_the_device(void)
{
	uint64_t before, after;

	name = "date";
	device_rc = 0;
	device_seconds = 1000000000;	/* 2001-09-09T01:46:40Z */
	CHECK(!uk_time_of_day_update());
	before = date_us();
	CHECK(before >= device_seconds * US_PER_S &&
	      before < (device_seconds + 1) * US_PER_S);
	uk_sleep_us(3000);
	after = date_us();
	CHECK(after - before >= 3000 && after - before < US_PER_S);
	device_seconds += 100;
	CHECK(date_us() < device_seconds * US_PER_S);
	CHECK(!uk_time_of_day_update());
	CHECK(date_us() >= device_seconds * US_PER_S);
}

static void the_date_never_goes_back(void)
{
	uint64_t before = date_us();

	name = "back";
	device_seconds -= 50;
	puts("now it is said:");
	CHECK(!uk_time_of_day_update());
	CHECK(date_us() >= before);
	puts("and now it isn't:");
	device_seconds += 49;		/* goes on, still behind */
	CHECK(!uk_time_of_day_update());
	CHECK(date_us() >= before && date_us() < before + US_PER_S);
	device_seconds = UINT64_MAX;
	CHECK(uk_time_of_day_update() == -ERANGE);
	device_rc = -EIO;
	CHECK(uk_time_of_day_update() == -EIO);
	CHECK(date_us() >= before && date_us() < before + US_PER_S);
}

int main(void)
{
	timers_expire_in_order();
	a_cancelled_timer_does_not_expire();
	a_started_timer_is_moved();
	a_call_may_change_timers();
	there_is_no_date_without_a_device_that_tells_it();
	the_date_goes_on_from_the_device();
	the_date_never_goes_back();
	printf("clock: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
