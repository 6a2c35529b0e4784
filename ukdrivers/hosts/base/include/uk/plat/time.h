/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers, sleep and the date. Ticks are those of ukd_ticks(), see <ukd/time.h>. */
#ifndef UK_PLAT_TIME_H
#define UK_PLAT_TIME_H

#include <stdint.h>
#include <ukd/time.h>

/* One call to come. All zero at first; to be changed by these functions only. */
struct uk_timer {
	uint64_t ticks;
	void (*function)(void *arg);	/* NULL while it isn't started */
	void *arg;
	struct uk_timer *before, *after;
};

/**
 * Call a function once, in interrupt context.
 *
 * A timer that was started already is started anew. The function may start
 * timers, also its own. Calls of the same time are made in the order in which
 * they were asked for.
 *
 * @param timer valid until the call or uk_timer_cancel()
 * @param ticks not before this count
 *
 * @return 0, or -ENODEV without a timer device
 */
int uk_timer_at(struct uk_timer *timer, uint64_t ticks,
		void (*function)(void *arg), void *arg);

/* Forget the call; nothing where there is none to come. */
void uk_timer_cancel(struct uk_timer *timer);

/**
 * Wait; meanwhile other threads run, or the CPU is stopped where there is a
 * timer. Interrupts have to be on.
 */
void uk_sleep_us(uint64_t us);

/**
 * Read the date: that of the clock device when it was last read, and the time
 * since. It never goes back.
 *
 * @param us set when 0 is returned: microseconds since 1970-01-01T00:00:00Z
 *
 * @return 0, or -ENODEV when no clock device has told a date
 */
int uk_time_of_day_us(uint64_t *us);

/**
 * Read the clock device again, which brings the date forward or leaves it.
 *
 * The device is read when it is started; this is for images that run for long.
 *
 * @return 0, -ENODEV without a clock device, -ERANGE when what it says is no
 *         date, or what its driver returned
 */
int uk_time_of_day_update(void);

/** Microseconds to ticks, rounded up. */
uint64_t uk_us_to_ticks(uint64_t us);

/* Override CNTFRQ_EL0, which firmware left wrong; for the timer driver. */
void uk_ticks_set_hz(uint32_t hz);

#endif /* UK_PLAT_TIME_H */
