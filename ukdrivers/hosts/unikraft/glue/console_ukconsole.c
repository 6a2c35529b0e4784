/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consoles as devices of lib/ukconsole, started by the table of early calls:
 * before the first output, and before the platform's page tables.
 *
 * Of several, the first that starts is for standard output and input, and that
 * is the one stdout-path names, if there is. The others can be used by number.
 */

#include "glue.h"

#include <ukd/console.h>
#include <ukd/errno.h>

#include <uk/boot/earlytab.h>
#include <uk/console/driver.h>
#include <uk/essentials.h>
#include <uk/prio.h>

#define CONSOLES_MAX	4

static struct console {
	struct uk_console device;
	const struct ukd_console_ops *ops;
	void *self;
} consoles[CONSOLES_MAX];

static unsigned int console_count;

static struct ukplat_bootinfo *boot;	/* NULL: the early calls are over */

/* For lib/ukconsole */

static __ssz out(struct uk_console *device, const char *text, __sz size)
{
	const struct console *one = __containerof(device, struct console,
						  device);
	int rc = one->ops->write(one->self, text, size);

	return rc ? rc : (__ssz)size;
}

static __ssz in(struct uk_console *device, char *text, __sz size)
{
	const struct console *one = __containerof(device, struct console,
						  device);
	__sz count = 0;
	int byte;

	while (count < size && (byte = one->ops->getc(one->self)) >= 0)
		text[count++] = (char)byte;
	return (__ssz)count;
}

static const struct uk_console_ops console_ops = {
	.out = out,
	.in = in,
};

/* For the kit */

/* Have the platform's page tables map what was taken before they were made. */
static int keep_mapped(const struct ukd_region *region)
{
	struct ukplat_memregion_desc desc = { 0 };
	int rc;

	desc.pbase = region->base & ~(__PAGE_SIZE - 1);
	desc.vbase = desc.pbase;
	desc.pg_count = (region->base - desc.pbase + region->size +
			 __PAGE_SIZE - 1) / __PAGE_SIZE;
	desc.len = desc.pg_count * __PAGE_SIZE;
	desc.type = UKPLAT_MEMRT_DEVICE;
	desc.flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE;
	rc = ukplat_memregion_list_insert(&boot->mrds, &desc);
	return rc < 0 ? rc : 0;
}

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	struct console *one = &consoles[console_count];
	unsigned int i;
	int rc;

	if (console_count == CONSOLES_MAX)
		return -ENOMEM;
	for (i = 0; boot && i < dev->region_count; i++) {
		rc = keep_mapped(&dev->region[i]);
		if (rc)
			return rc;
	}

	console_count++;
	one->ops = ops;
	one->self = self;
	uk_console_init(&one->device, dev->driver, &console_ops,
			console_count > 1 ? 0 : UK_CONSOLE_FLAG_STDOUT |
						UK_CONSOLE_FLAG_STDIN);
	uk_console_register(&one->device);
	return 0;
}

/* The start; an image may have a console of the tree beside these. */

static int start(struct ukplat_bootinfo *bootinfo)
{
	boot = bootinfo;
	ukd_host_probe(UKD_CLASS_CONSOLE);
	boot = NULL;
	return 0;
}

/* after the command line */
UK_BOOT_EARLYTAB_ENTRY(start, UK_PRIO_AFTER(UK_PRIO_EARLIEST));
