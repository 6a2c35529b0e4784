/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts where only controllers and consoles are drivers of the kit: a
 * console starts before there is a controller, and does without.
 */

#include <ukd/errno.h>
#include <ukd/irq.h>

int ukd_irq_attach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	(void)dev;
	(void)index;
	(void)handler;
	(void)arg;
	return -ENODEV;
}

int ukd_irq_detach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	(void)dev;
	(void)index;
	(void)handler;
	(void)arg;
	return -EINVAL;
}
