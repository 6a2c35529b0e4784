/* SPDX-License-Identifier: BSD-3-Clause */
/* Time: the system counter, and the one call that the timer makes. */

#include <ukd/errno.h>
#include <ukd/time.h>
#include <ukd/timer.h>

#include <stdbool.h>
#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/arch/ticks.h>
#include <uk/plat/time.h>

#define US_PER_S	1000000U

/*
 * Of a counter whose frequency nobody says. The highest one there is, so that
 * a deadline counted with it comes late rather than early.
 */
#define UNKNOWN_HZ	1000000000U

static uint32_t hz;	/* 0: not yet read */

static const struct ukd_timer_ops *timer;
static void *timer_self;

static void (*call)(void *arg);
static void *call_arg;

/* The counter */

uint64_t ukd_ticks(void)
{
	return uk_ticks();
}

uint32_t ukd_ticks_hz(void)
{
	if (!hz)
		uk_ticks_set_hz(uk_ticks_hz());
	return hz;
}

void uk_ticks_set_hz(uint32_t value)
{
	hz = value ? value : UNKNOWN_HZ;
}

/* Seconds apart from the rest, so that no product exceeds 64 bits. */

uint64_t ukd_now_us(void)
{
	uint64_t ticks = uk_ticks();
	uint32_t rate = ukd_ticks_hz();

	return ticks / rate * US_PER_S + ticks % rate * US_PER_S / rate;
}

uint64_t uk_us_to_ticks(uint64_t us)
{
	uint32_t rate = ukd_ticks_hz();

	return us / US_PER_S * rate +
	       (us % US_PER_S * rate + US_PER_S - 1) / US_PER_S;
}

/* The timer */

int ukd_timer_add(const struct ukd_device *dev, const struct ukd_timer_ops *ops,
		  void *self)
{
	(void)dev;

	if (timer)
		return -EBUSY;
	timer = ops;
	timer_self = self;
	return 0;
}

void ukd_timer_expired(void)
{
	void (*function)(void *arg) = call;

	/* Cleared before the call, which may ask for the next one. */
	call = NULL;
	if (function)
		function(call_arg);
}

int uk_timer_at(uint64_t ticks, void (*function)(void *arg), void *arg)
{
	if (!timer)
		return -ENODEV;

	/* Disarmed meanwhile: the call must not mix old and new. */
	timer->disarm(timer_self);
	call = function;
	call_arg = arg;
	timer->arm(timer_self, ticks);
	return 0;
}

void uk_timer_cancel(void)
{
	if (timer)
		timer->disarm(timer_self);
	call = NULL;
}

static void wake(void *arg)
{
	*(volatile bool *)arg = true;
}

void uk_sleep_us(uint64_t us)
{
	uint64_t end = uk_ticks() + uk_us_to_ticks(us);
	volatile bool is_over = false;

	if (uk_timer_at(end, wake, (void *)&is_over)) {
		while (uk_ticks() < end)
			;
		return;
	}

	uk_irqs_off();
	while (!is_over)
		uk_wait_and_take();
	uk_irqs_on();
}
