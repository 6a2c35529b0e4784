/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices of the classes that the platform doesn't ask for: probed when it
 * probes its buses, with the heap and the timer there.
 */

#include "glue.h"

#include <uk/bus.h>

static int probe(void)
{
	unsigned int class;

	ukd_host_adopt_irqchip();
	for (class = UKD_CLASS_RTC; class < UKD_CLASS_COUNT; class++)
		ukd_host_probe((enum ukd_class)class);
	return 0;
}

/*
 * Filled in here, because initialized data that stands before the platform's
 * page tables costs an image up to a page.
 */
static struct uk_bus *devices(void)
{
	static struct uk_bus bus;

	bus.probe = probe;
	return &bus;
}

UK_BUS_REGISTER(devices());
