/* SPDX-License-Identifier: BSD-3-Clause */
/* No interrupt controller of the kit: the tree's own drives the machine. */

#include <ukd/errno.h>
#include <ukd/irqchip.h>

/* The tree's controller reads interrupts of nodes, not specifiers. */
int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq)
{
	(void)cell;
	(void)count;
	(void)irq;
	return -ENODEV;
}
