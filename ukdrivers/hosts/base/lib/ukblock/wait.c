/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting where there are no threads: the CPU is stopped. */

#include "block.h"

#include <uk/arch/irq.h>

void uk_block_sleep(struct uk_block *disk)
{
	uk_irqs_off();
	while (!disk->is_woken)
		uk_wait_and_take();
	uk_irqs_on();
}

void uk_block_unblock(struct uk_block *disk)
{
	(void)disk;	/* the interrupt alone does */
}
