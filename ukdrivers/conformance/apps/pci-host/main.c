/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI hosts: what their class promises the driver of a device. What reaches the
 * devices is not known here; where they are plugged in, only who plugged them.
 */

#include "pci_check.h"

typedef const struct ukd_device *list(unsigned int index);

extern const struct ukd_driver ukd_driver_pci_probe;

const struct ukd_device *device(enum kind kind, unsigned int index)
{
	return ((list *)(uintptr_t)ukd_driver_pci_probe.match[kind].variant)(index);
}

const struct ukd_device *any_device(unsigned int index)
{
	unsigned int kind, i;
	const struct ukd_device *dev;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; (dev = device((enum kind)kind, i)); i++) {
			if (!index--)
				return dev;
		}
	}
	return NULL;
}

const struct ukd_device *host_device(unsigned int index)
{
	const struct ukd_device *dev;
	unsigned int i, before;

	for (i = 0; (dev = any_device(i)); i++) {
		for (before = 0; any_device(before)->bus != dev->bus; before++)
			;
		if (before == i && !index--)
			return dev;
	}
	return NULL;
}

static void check_memory(void)
{
	check_edu_memory();
	check_testdev_memory();
	check_shared_memory();
}

static const struct {
	const char *name;
	void (*check)(void);
} checks[] = {
	{ "decoded", check_decoded },
	{ "identity", check_identity },
	{ "widths", check_widths },
	{ "writes", check_writes },
	{ "extended", check_extended },
	{ "nobody", check_nobody },
	{ "capability", check_capability },
	{ "regions", check_regions },
	{ "memory", check_memory },
	{ "io", check_io },
	{ "interrupt", check_interrupt },
	{ "no-interrupt", check_no_interrupt },
	{ "master", check_master },
	{ "unlisted", check_unlisted },
};

int main(void)
{
	unsigned int i;

	show_devices();
	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (checks[i].check == check_io && !has_io()) {
			check_skip("io", "the host has no window for it");
			continue;
		}
		check_begin(checks[i].name);
		CHECK(device(EDU, 0) && device(TESTDEV, 0) && device(MEMORY, 0));
		checks[i].check();
	}
	return check_report();
}
