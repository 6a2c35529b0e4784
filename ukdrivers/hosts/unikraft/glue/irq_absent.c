/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts where only controllers and consoles are drivers of the kit: a
 * console starts before there is a controller, and does without.
 */

#include <ukd/errno.h>
#include <ukd/irq.h>

int ukd_irq_attach(const struct ukd_irq *irq, void (*handler)(void *arg),
		   void *arg)
{
	(void)irq;
	(void)handler;
	(void)arg;
	return -ENODEV;
}

int ukd_irq_detach(const struct ukd_irq *irq)
{
	(void)irq;
	return -ENODEV;
}
