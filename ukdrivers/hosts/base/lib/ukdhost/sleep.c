/* SPDX-License-Identifier: BSD-3-Clause */
/* Sleep where there are no threads: the CPU waits, and does nothing else. */

#include <stdbool.h>
#include <uk/arch/irq.h>
#include <uk/arch/ticks.h>
#include <uk/plat/time.h>

static void wake(void *arg)
{
	*(volatile bool *)arg = true;
}

void uk_sleep_us(uint64_t us)
{
	uint64_t end = uk_ticks() + uk_us_to_ticks(us);
	volatile bool is_over = false;
	struct uk_timer timer = { 0 };

	if (uk_timer_at(&timer, end, wake, (void *)&is_over)) {
		while (uk_ticks() < end)
			;
		return;
	}

	uk_irqs_off();
	while (!is_over)
		uk_wait_and_take();
	uk_irqs_on();
}
