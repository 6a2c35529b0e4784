/* SPDX-License-Identifier: BSD-3-Clause */
/* A fake of what the glue calls of Unikraft, the same in all releases. */

#include "glue_test.h"

#include <arm/smccc.h>
#include <libfdt.h>
#include <uk/bus/platform.h>
#include <uk/intctlr.h>
#include <uk/ofw/fdt.h>
#include <uk/plat/time.h>
#include <uk/print.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Output; like the original, messages reach the console in pieces */

void uk_vprintk(int level, const char *format, va_list arguments)
{
	char text[256];
	int size = vsnprintf(text, sizeof(text), format, arguments);

	(void)level;
	tree_out(text, (size_t)size);
}

void uk_printk(int level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	uk_vprintk(level, format, arguments);
	va_end(arguments);
}

/* The generic layer of interrupt controllers */

struct uk_intctlr_desc *tree_intctlr;

static struct {
	int (*handler)(void *arg);
	void *arg;
} taken[1020];

int uk_intctlr_register(struct uk_intctlr_desc *intctlr)
{
	tree_intctlr = intctlr;
	return 0;
}

void uk_intctlr_irq_handle(struct __regs *regs, unsigned int irq)
{
	printf("tree handles %u of %s\n", irq, (const char *)(void *)regs);
	tree_serve(irq);
}

void tree_serve(unsigned int number)
{
	if (taken[number].handler)
		printf("handler says %d\n",
		       taken[number].handler(taken[number].arg));
}

int uk_intctlr_irq_configure(struct uk_intctlr_irq *irq)
{
	return tree_intctlr->ops->configure_irq(irq);
}

int uk_intctlr_irq_register(unsigned int irq, int (*handler)(void *arg),
			    void *arg)
{
	taken[irq].handler = handler;
	taken[irq].arg = arg;
	tree_intctlr->ops->unmask_irq(irq);
	return 0;
}

int uk_intctlr_irq_unregister(unsigned int irq, int (*handler)(void *arg))
{
	if (taken[irq].handler != handler)
		return -ENOENT;
	taken[irq].handler = NULL;
	return 0;
}

/* Time, which runs by a second each time it is looked at */

__nsec __real_ukplat_wall_clock(void);
__nsec __wrap_ukplat_wall_clock(void);

__nsec ukplat_monotonic_clock(void)
{
	static __nsec now = 41000000000;

	return now += 1000000000;
}

__nsec __real_ukplat_wall_clock(void)
{
	return ukplat_monotonic_clock();
}

unsigned long long tree_date(void)
{
	return __wrap_ukplat_wall_clock() / 1000000000;
}

/* Registers */

__vaddr_t uk_bus_pf_devmap(__u64 base, __sz size)
{
	printf("devmap %#lx+%#zx\n", base, size);
	return base == 0xbad000 ? (__vaddr_t)-ENOMEM : base + 0x100000000;
}

/* The device tree, of which only this is looked up by the glue itself */

uint32_t fake_cell[3];
int fake_cells;

int fdt_get_interrupt(const void *fdt, int nodeoffset, uint32_t index,
		      int *size, fdt32_t **prop)
{
	(void)fdt;
	(void)nodeoffset;
	(void)index;
	if (!fake_cells)
		return -FDT_ERR_NOTFOUND;
	*size = fake_cells;
	*prop = fake_cell;
	return 0;
}

int fdt_node_offset_by_compatible(const void *fdt, int startoffset,
				  const char *compatible)
{
	(void)fdt;
	(void)startoffset;
	return strcmp(compatible, "arm,psci-0.2") ? -FDT_ERR_NOTFOUND : 8;
}

const void *fdt_getprop(const void *fdt, int nodeoffset, const char *name,
			int *lenp)
{
	(void)fdt;
	(void)lenp;
	return nodeoffset == 8 && !strcmp(name, "method") ? "hvc" : NULL;
}

smccc_conduit_fn_t smccc_psci_call;

void smccc_hvc(struct smccc_args *args)
{
	(void)args;
	printf("hvc\n");
}

void smccc_smc(struct smccc_args *args)
{
	(void)args;
	printf("smc\n");
}
