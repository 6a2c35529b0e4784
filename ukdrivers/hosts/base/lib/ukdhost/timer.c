/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many timers over the one that the machine has.
 *
 * They are in a list by time; the hardware is armed for the first. Interrupts
 * are off wherever the list is looked at or changed.
 */

#include <ukd/errno.h>
#include <ukd/timer.h>

#include <stdbool.h>
#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/arch/ticks.h>
#include <uk/plat/time.h>

static const struct ukd_timer_ops *ops;
static void *ops_self;

/* Ends of the list: the first one's `before` and the last one's `after`. */
static struct uk_timer *first, *last;

static bool is_expiring;	/* the hardware is armed when that is over */

static void arm(void)
{
	if (is_expiring)
		return;
	if (first)
		ops->arm(ops_self, first->ticks);
	else
		ops->disarm(ops_self);
}

/* Behind those of the same time; most are the latest. */
static void insert(struct uk_timer *timer)
{
	struct uk_timer *before = last;

	while (before && before->ticks > timer->ticks)
		before = before->before;
	timer->before = before;
	timer->after = before ? before->after : first;
	*(before ? &before->after : &first) = timer;
	*(timer->after ? &timer->after->before : &last) = timer;
}

static void take_out(struct uk_timer *timer)
{
	*(timer->before ? &timer->before->after : &first) = timer->after;
	*(timer->after ? &timer->after->before : &last) = timer->before;
	timer->function = NULL;
}

int ukd_timer_add(const struct ukd_device *dev,
		  const struct ukd_timer_ops *timer_ops, void *self)
{
	(void)dev;

	if (ops)
		return -EBUSY;
	ops = timer_ops;
	ops_self = self;
	return 0;
}

void ukd_timer_expired(void)
{
	uint64_t now = uk_ticks();

	is_expiring = true;
	while (first && first->ticks <= now) {
		struct uk_timer *timer = first;
		void (*function)(void *arg) = timer->function;

		/* Out before the call, which may start it again. */
		take_out(timer);
		function(timer->arg);
	}
	is_expiring = false;
	if (first)
		arm();
}

int uk_timer_at(struct uk_timer *timer, uint64_t ticks,
		void (*function)(void *arg), void *arg)
{
	uint64_t before;

	if (!ops)
		return -ENODEV;

	before = uk_irqs_save();
	if (timer->function)
		take_out(timer);
	timer->ticks = ticks;
	timer->function = function;
	timer->arg = arg;
	insert(timer);
	if (first == timer)
		arm();
	uk_irqs_restore(before);
	return 0;
}

void uk_timer_cancel(struct uk_timer *timer)
{
	uint64_t before = uk_irqs_save();

	if (timer->function) {
		bool was_first = first == timer;

		take_out(timer);
		if (was_first)
			arm();
	}
	uk_irqs_restore(before);
}
