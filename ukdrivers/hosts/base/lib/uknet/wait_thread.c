/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting where there are threads: others run. */

#include "net.h"

#include <ukd/errno.h>

#include <uk/plat/time.h>
#include <uk/thread.h>

/* Block once. @return see uk_net_wait() */
static int block(uint64_t end_us)
{
	uint64_t now;

	if (end_us == UK_NET_FOREVER) {
		uk_thread_block();
		return 0;
	}
	now = ukd_now_us();
	return now >= end_us || uk_thread_block_us(end_us - now) ? -ETIMEDOUT
								 : 0;
}

int uk_net_block(struct uk_net *const *net, unsigned int count, uint64_t us)
{
	uint64_t end_us = us == UK_NET_FOREVER ? us : ukd_now_us() + us;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < count; i++)
		net[i]->waiter = uk_thread_current();
	while (!rc && !uk_net_was_woken(net, count))
		rc = block(end_us);
	for (i = 0; i < count; i++)
		net[i]->waiter = NULL;
	return rc;
}

void uk_net_unblock(struct uk_net *net)
{
	struct uk_thread *waiter = net->waiter;

	if (waiter)
		uk_thread_wake(waiter);
}
