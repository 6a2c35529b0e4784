/* SPDX-License-Identifier: BSD-3-Clause */
/* The tree's own interrupt controller, in place of one of the kit. */

#include "glue_test.h"

#include <uk/intctlr.h>
#include <uk/intctlr/gic.h>
#include <ukd/errno.h>
#include <ukd/irqchip.h>

#include <stdio.h>

extern struct _gic_dev *gic;
struct _gic_dev *gic;

static int configure(struct uk_intctlr_irq *irq)
{
	printf("gic %u %s\n", irq->id,
	       irq->trigger == UK_INTCTLR_IRQ_TRIGGER_EDGE ? "edge" : "level");
	return 0;
}

static void enable(unsigned int number)
{
	printf("gic enable %u\n", number);
}

static void disable(unsigned int number)
{
	printf("gic disable %u\n", number);
}

static void handle(struct __regs *regs)
{
	uk_intctlr_irq_handle(regs, fake_pending);
}

int uk_intctlr_probe(void)
{
	static struct _gic_dev own = {
		.ops = {
			.enable_irq = enable,
			.disable_irq = disable,
			.handle_irq = handle,
		},
	};
	static struct uk_intctlr_driver_ops ops = {
		.configure_irq = configure,
		.mask_irq = disable,
		.unmask_irq = enable,
	};
	static struct uk_intctlr_desc desc = { .name = "gic", .ops = &ops };

	gic = &own;
	return uk_intctlr_register(&desc);
}

/* Of the fake controller of the kit, which is off. */

int ukd_irqchip_add(const struct ukd_device *dev,
		    const struct ukd_irqchip_ops *ops, void *self,
		    uint32_t limit)
{
	(void)dev;
	(void)ops;
	(void)self;
	(void)limit;
	return -EBUSY;
}

void ukd_irq_dispatch(void *context, uint32_t number)
{
	(void)context;
	(void)number;
}
