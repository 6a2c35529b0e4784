/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting where there are no threads: the CPU is stopped. */

#include "net.h"

#include <ukd/errno.h>

#include <uk/arch/irq.h>
#include <uk/arch/ticks.h>
#include <uk/plat/time.h>

static void time_is_up(void *arg)
{
	*(volatile bool *)arg = true;
}

int uk_net_block(struct uk_net *const *net, unsigned int count, uint64_t us)
{
	volatile bool is_over = false;
	struct uk_timer timer = { 0 };

	if (us != UK_NET_FOREVER &&
	    uk_timer_at(&timer, uk_ticks() + uk_us_to_ticks(us), time_is_up,
			(void *)&is_over))
		return -ETIMEDOUT;	/* without a timer, at once */

	uk_irqs_off();
	while (!uk_net_was_woken(net, count) && !is_over)
		uk_wait_and_take();
	uk_irqs_on();
	if (us == UK_NET_FOREVER)
		return 0;
	uk_timer_cancel(&timer);
	return uk_net_was_woken(net, count) ? 0 : -ETIMEDOUT;
}

void uk_net_unblock(struct uk_net *net)
{
	(void)net;	/* the interrupt alone does */
}
