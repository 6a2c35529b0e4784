/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting where there are threads: others run, and may wait for the same disk. */

#include "block.h"

#include <uk/arch/irq.h>
#include <uk/thread.h>

struct uk_block_waiter {
	struct uk_thread *thread;
	struct uk_block_waiter *next;
	bool is_woken;
};

static bool is_woken(const struct uk_block_waiter *waiter)
{
	return *(const volatile bool *)&waiter->is_woken;
}

static void leave(struct uk_block *disk, const struct uk_block_waiter *waiter)
{
	struct uk_block_waiter **link = &disk->waiters;

	while (*link != waiter)
		link = &(*link)->next;
	*link = waiter->next;
}

void uk_block_sleep(struct uk_block *disk)
{
	struct uk_block_waiter waiter = { .thread = uk_thread_current() };

	uk_irqs_off();
	waiter.next = disk->waiters;
	waiter.is_woken = disk->is_woken;
	disk->waiters = &waiter;
	uk_irqs_on();
	while (!is_woken(&waiter))
		uk_thread_block();
	uk_irqs_off();
	leave(disk, &waiter);
	uk_irqs_on();
}

void uk_block_unblock(struct uk_block *disk)
{
	struct uk_block_waiter *waiter;

	for (waiter = disk->waiters; waiter; waiter = waiter->next) {
		waiter->is_woken = true;
		uk_thread_wake(waiter->thread);
	}
}
