/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Part of the driver core where only controllers and consoles are drivers of
 * the kit: nobody takes an interrupt, so none is looked for in the tree.
 */

#include <internal.h>

bool ukd_adopt_irqchip(void)
{
	return false;
}

void ukd_note_irqchip(const struct ukd_device *dev)
{
	(void)dev;
}

void ukd_take_interrupts(struct ukd_record *record)
{
	(void)record;
}
