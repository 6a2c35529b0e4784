/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The glue on a tree from a file: does the steps that the command line names,
 * and prints what comes of them.
 */

#include "glue_test.h"

#include <arm/smccc.h>
#include <uk/bus.h>
#include <uk/ctors.h>
#include <uk/intctlr.h>
#include <uk/intctlr/gic.h>
#include <uk/plat/common/bootinfo.h>
#include <ukd/bits.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern struct _gic_dev *gic;
extern smccc_conduit_fn_t smccc_psci_call;

static struct ukplat_bootinfo boot;

struct ukplat_bootinfo *ukplat_bootinfo_get(void)
{
	return &boot;
}

/* Steps */

static void probe(void)
{
	int rc = uk_intctlr_probe();

	printf("intctlr %d %s\n", rc, tree_intctlr ? tree_intctlr->name : "none");
	if (!tree_intctlr && smccc_psci_call)
		smccc_psci_call(NULL);
}

static void interrupt(uint32_t number)
{
	static char registers[] = "registers";

	fake_pending = number;
	gic->ops.handle_irq((struct __regs *)(void *)registers);
}

static void translate(uint32_t number, uint32_t flags)
{
	struct uk_intctlr_irq irq = { 0 };
	int rc;

	fake_cell[1] = ukd_be32(number);
	fake_cell[2] = ukd_be32(flags);
	rc = tree_intctlr->ops->fdt_xlat(NULL, 0, 0, &irq);
	printf("xlat %d: %u trigger %u\n", rc, irq.id, irq.trigger);
}

static void configure(unsigned int number, unsigned int trigger)
{
	struct uk_intctlr_irq irq = { number, trigger };

	printf("configure %d\n", tree_intctlr->ops->configure_irq(&irq));
}

static void read_input(const char *typed)
{
	char text[8];
	int size;

	fake_input = typed;
	size = tree_in(text, sizeof(text));
	printf("in %d ", size);
	print_escaped(text, (size_t)size);
	putchar('\n');
}

static void step(const char *name, const char *value)
{
	unsigned int number = (unsigned int)strtoul(value, NULL, 0);

	if (!strcmp(name, "early"))
		tree_start_early();
	else if (!strcmp(name, "construct"))
		tree_construct();
	else if (!strcmp(name, "out"))
		tree_out(value, strlen(value));
	else if (!strcmp(name, "in"))
		read_input(value);
	else if (!strcmp(name, "probe"))
		probe();
	else if (!strcmp(name, "irq"))
		interrupt(number);
	else if (!strcmp(name, "cells"))
		fake_cells = (int)number;
	else if (!strcmp(name, "xlat"))
		translate(number, 1);
	else if (!strcmp(name, "xlat_level"))
		translate(number, 4);
	else if (!strcmp(name, "unmask"))
		gic->ops.enable_irq(number);
	else if (!strcmp(name, "configure_none"))
		configure(number, UK_INTCTLR_IRQ_TRIGGER_NONE);
	else if (!strcmp(name, "configure_edge"))
		configure(number, UK_INTCTLR_IRQ_TRIGGER_EDGE);
	else if (!strcmp(name, "cpu"))
		printf("cpu %d\n", gic->ops.initialize());
	else if (!strcmp(name, "without_self"))
		chip_has_self = false;
	else if (!strcmp(name, "date"))
		fake_date = strtoll(value, NULL, 0);
	else if (!strcmp(name, "clock"))
		printf("date %llu\n", tree_date());
	else if (!strcmp(name, "attach"))
		fake_attach(value, 0);
	else if (!strcmp(name, "attach_missing"))
		fake_attach(value, 1);
	else if (!strcmp(name, "attach_others"))
		fake_attach_others();
	else if (!strcmp(name, "attach_all"))
		fake_attach_until_full();
	else if (!strcmp(name, "detach"))
		fake_detach(value);
	else if (!strcmp(name, "bus"))
		printf("bus %d\n", stub_bus()->probe());
	else
		exit(2);
}

int main(int argc, char **argv)
{
	static _Alignas(8) unsigned char blob[1 << 16];
	FILE *stream = argc > 1 ? fopen(argv[1], "rb") : NULL;
	int i;

	if (!stream)
		return 2;
	boot.dtb = fread(blob, 1, sizeof(blob), stream) ? (__u64)blob : 0;
	fclose(stream);
	for (i = 2; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value)
			*value++ = '\0';
		step(argv[i], value ? value : "");
	}
	return 0;
}
