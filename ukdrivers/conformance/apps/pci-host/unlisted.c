/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that no driver lists: a USB controller, three times. One is taken,
 * one refused when it is asked for, one when it is handed over.
 */

#include "pci_check.h"

#include <ukd/errno.h>

#define CONTROLLER	0x003f106bU

enum plan {
	TAKE,
	REFUSE,
	REFUSE_LATE,
	PLANS
};

static struct {
	struct ukd_device asked, handed;	/* as they came */
	unsigned int calls;
} seen[PLANS];

static unsigned int controllers;

int ukd_pci_unlisted(const struct ukd_device *dev)
{
	unsigned int i;

	if (ukd_pci_read32(dev, PCI_ID) != CONTROLLER)
		return -ENODEV;
	for (i = 0; i < controllers; i++) {
		if (seen[i].asked.unit == dev->unit &&
		    seen[i].asked.bus == dev->bus)
			break;
	}
	if (i == PLANS)
		return -ENODEV;
	controllers += i == controllers;
	if (!seen[i].calls++) {
		seen[i].asked = *dev;
		return i == REFUSE ? -ENODEV : 0;
	}
	seen[i].handed = *dev;
	return i == REFUSE_LATE ? -EIO : 0;
}

static uint16_t command(unsigned int plan)
{
	return ukd_pci_read16(&seen[plan].asked, PCI_COMMAND) & PCI_COMMAND_USED;
}

/* First only where it is; then all of it. */
static void check_calls(void)
{
	const struct ukd_device *asked = &seen[TAKE].asked,
				*handed = &seen[TAKE].handed;
	unsigned int n;

	CHECK(asked->bus && !asked->path && !asked->node);
	CHECK(!asked->region_count && !asked->irq_count);
	CHECK(handed->bus == asked->bus);
	WANT(handed->unit, asked->unit);
	WANT(handed->irq_count, 1);
	for (n = 0; n < UKD_PCI_BARS; n++) {
		struct bar bar = bar_of(handed, n);

		CHECK(!bar.is_wide);
		CHECK((n < 1) == (bar.size != 0));
		if (!bar.is_io || handed->region[n].size)
			WANT(handed->region[n].size, bar.size);
	}
}

void check_unlisted(void)
{
	WANT(controllers, PLANS);
	if (controllers < PLANS)
		return;
	WANT(seen[TAKE].calls, 2);
	WANT(seen[REFUSE].calls, 1);
	WANT(seen[REFUSE_LATE].calls, 2);
	check_calls();
	CHECK(command(TAKE) & PCI_COMMAND_MEMORY);
	CHECK(!(command(TAKE) & PCI_COMMAND_MASTER));
	WANT(command(REFUSE), 0);
	WANT(command(REFUSE_LATE), 0);
}
