/* SPDX-License-Identifier: BSD-3-Clause */
/* The timer and sleep. Times are counts of ukd_ticks(), see <ukd/time.h>. */
#ifndef UK_PLAT_TIME_H
#define UK_PLAT_TIME_H

#include <stdint.h>
#include <ukd/time.h>

/**
 * Call a function once, in interrupt context.
 *
 * There is one such call at a time: the next one replaces it. The function
 * may ask for the next call itself.
 *
 * @param ticks not before this count
 *
 * @return 0, or -ENODEV without a timer
 */
int uk_timer_at(uint64_t ticks, void (*function)(void *arg), void *arg);

/* Forget the call asked for last. */
void uk_timer_cancel(void);

/**
 * Wait, with the CPU stopped where there is a timer. Takes the timer's call.
 * Interrupts have to be on.
 */
void uk_sleep_us(uint64_t us);

/** Microseconds to ticks, rounded up. */
uint64_t uk_us_to_ticks(uint64_t us);

/* Override CNTFRQ_EL0, which firmware left wrong; for the timer driver. */
void uk_ticks_set_hz(uint32_t hz);

#endif /* UK_PLAT_TIME_H */
