/* SPDX-License-Identifier: BSD-3-Clause */
/* The console as devices, and the table of early calls. */

#include "glue_test.h"

#include <uk/boot/earlytab.h>
#include <uk/console/driver.h>

#include <stdio.h>

static struct uk_console *console;

void uk_console_init(struct uk_console *dev, const char *name,
		     const struct uk_console_ops *ops, int flags)
{
	*dev = (struct uk_console){ ops, name, flags };
}

void uk_console_register(struct uk_console *dev)
{
	printf("console %s flags %d\n", dev->name, dev->flags);
	if (dev->flags & UK_CONSOLE_FLAG_STDOUT)
		console = dev;
}

int ukplat_memregion_list_insert(struct ukplat_memregion_list *list,
				 const struct ukplat_memregion_desc *mrd)
{
	printf("keeps %#lx+%#zx, %lu pages\n", mrd->vbase, mrd->len,
	       (unsigned long)mrd->pg_count);
	return (int)list->count++;
}

void tree_out(const char *text, size_t size)
{
	if (console)
		console->ops->out(console, text, size);
}

int tree_in(char *text, size_t size)
{
	return (int)console->ops->in(console, text, size);
}

void tree_start_early(void)
{
	printf("early %d %d\n", stub_early_prio,
	       stub_early(ukplat_bootinfo_get()));
}
