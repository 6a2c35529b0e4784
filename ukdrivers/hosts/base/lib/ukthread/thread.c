/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cooperative threads on one CPU.
 *
 * Interrupts are off wherever the queue or a thread's state is looked at or
 * changed: handlers wake threads. There is no idle thread; the one that found
 * no other to run waits for interrupts on its own stack.
 */

#include "thread.h"

#include <ukd/errno.h>

#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/arch/stack.h>
#include <uk/arch/ticks.h>

extern char uk_stack[];

static struct uk_thread main_thread = { .stack_bottom = (uintptr_t)uk_stack };
static struct uk_thread *current = &main_thread;

/* Those that are ready, but for the current one; first in, first out. */
static struct uk_thread *ready_first, *ready_last;

static void make_ready(struct uk_thread *thread)
{
	thread->state = UK_THREAD_READY;
	thread->next = NULL;
	*(ready_first ? &ready_last->next : &ready_first) = thread;
	ready_last = thread;
}

/* Let others run until the current thread is ready, and next. */
static void run_others(void)
{
	struct uk_thread *before = current, *next;

	while (!ready_first)
		uk_wait_and_take();
	next = ready_first;
	ready_first = next->next;
	if (next == before)
		return;

	current = next;
	uk_stack_bottom = next->stack_bottom;
	uk_stack_switch(&before->stack, next->stack);
}

static void wait(enum uk_thread_state state)
{
	current->state = state;
	run_others();
}

/* Start and end */

static void start(void)
{
	uk_irqs_on();
	current->function(current->arg);
	uk_thread_exit();
}

int uk_thread_create(struct uk_thread **thread, void (*function)(void *arg),
		     void *arg)
{
	struct uk_thread *new = uk_thread_new();
	uint64_t before;

	if (!new)
		return -ENOMEM;
	*new = (struct uk_thread){
		.stack_bottom = new->stack_bottom,
		.function = function,
		.arg = arg,
	};
	new->stack = uk_stack_new((uintptr_t)new & ~UINT64_C(15), start);
	*thread = new;

	before = uk_irqs_save();
	make_ready(new);
	uk_irqs_restore(before);
	return 0;
}

void uk_thread_exit(void)
{
	uk_irqs_off();
	if (current->joiner)
		make_ready(current->joiner);
	wait(UK_THREAD_EXITED);
	__builtin_unreachable();	/* nobody makes it ready again */
}

int uk_thread_join(struct uk_thread *thread)
{
	if (thread == current)
		return -EINVAL;
	if (thread->joiner)
		return -EBUSY;

	uk_irqs_off();
	if (thread->state != UK_THREAD_EXITED) {
		thread->joiner = current;
		wait(UK_THREAD_JOINING);
	}
	uk_irqs_on();
	uk_thread_free(thread);
	return 0;
}

/* Wait and wake */

void uk_thread_yield(void)
{
	uk_irqs_off();
	make_ready(current);
	run_others();
	uk_irqs_on();
}

void uk_thread_block(void)
{
	uk_irqs_off();
	if (!current->is_woken)
		wait(UK_THREAD_BLOCKED);
	current->is_woken = false;
	uk_irqs_on();
}

/* In interrupt context. */
static void time_is_up(void *arg)
{
	struct uk_thread *thread = arg;

	thread->is_timed_out = true;
	make_ready(thread);
}

int uk_thread_block_us(uint64_t us)
{
	struct uk_thread *own = current;
	int rc = 0;

	uk_irqs_off();
	own->is_timed_out = false;
	if (!own->is_woken) {
		rc = uk_timer_at(&own->timer, uk_ticks() + uk_us_to_ticks(us),
				 time_is_up, own);
		if (!rc) {
			wait(UK_THREAD_BLOCKED);
			rc = own->is_timed_out ? -ETIMEDOUT : 0;
		}
	}
	if (!rc)
		own->is_woken = false;
	uk_irqs_on();
	return rc;
}

void uk_thread_wake(struct uk_thread *thread)
{
	uint64_t before = uk_irqs_save();

	if (thread->state == UK_THREAD_BLOCKED) {
		uk_timer_cancel(&thread->timer);
		make_ready(thread);
	} else {
		thread->is_woken = true;
	}
	uk_irqs_restore(before);
}

void uk_sleep_us(uint64_t us)
{
	uint64_t end = uk_ticks() + uk_us_to_ticks(us);

	uk_irqs_off();
	if (!uk_timer_at(&current->timer, end, time_is_up, current))
		wait(UK_THREAD_SLEEPING);
	uk_irqs_on();
	while (uk_ticks() < end)	/* without a timer */
		uk_thread_yield();
}

struct uk_thread *uk_thread_current(void)
{
	return current;
}
