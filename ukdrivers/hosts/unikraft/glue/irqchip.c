/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A kit interrupt controller as the platform's.
 *
 * The generic layer takes any controller, but the trap path calls the global
 * `gic`: so the controller is that, too, whatever it is.
 *
 * Leaves out: other CPUs than the one that boots; numbers beyond the generic
 *             layer's table.
 */

#include "glue.h"

#include <ukd/errno.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

#include <uk/intctlr.h>
#include <uk/intctlr/gic.h>
#include <uk/intctlr/limits.h>
#include <uk/ofw/fdt.h>

/* State */

static const struct ukd_irqchip_ops *chip;
static void *chip_self;
static uint32_t chip_limit;

static struct uk_intctlr_desc intctlr;

/* For the kit */

int ukd_irqchip_add(const struct ukd_device *dev,
		    const struct ukd_irqchip_ops *ops, void *self,
		    uint32_t limit)
{
	if (chip)
		return -EBUSY;
	intctlr.name = (char *)dev->driver;	/* which nobody writes to */
	chip = ops;
	chip_self = self;
	chip_limit = limit < UK_INTCTLR_MAX_IRQ ? limit : UK_INTCTLR_MAX_IRQ;
	return 0;
}

int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq)
{
	return chip ? chip->translate(chip_self, cell, count, irq) : -ENODEV;
}

/* It was bound when it was probed. */
void ukd_host_adopt_irqchip(void)
{
}

/* Apart, so that the way to a handler is short. */
__attribute__((noinline))
static void refuse(uint32_t number)
{
	ukd_err(NULL, "interrupt %u: too high; masked", number);
	(void)chip->mask(chip_self, number);
}

/* The generic layer looks into its table with whatever number it is given. */
void ukd_irq_dispatch(void *context, uint32_t number)
{
	if (number < UK_INTCTLR_MAX_IRQ)
		uk_intctlr_irq_handle(context, number);
	else
		refuse(number);
}

/* For the generic layer */

static int configure_irq(struct uk_intctlr_irq *irq)
{
	if (irq->trigger == UK_INTCTLR_IRQ_TRIGGER_NONE)
		return 0;
	return chip->set_trigger(chip_self, irq->id,
				 irq->trigger == UK_INTCTLR_IRQ_TRIGGER_EDGE
				 ? UKD_IRQ_EDGE : UKD_IRQ_LEVEL);
}

static void mask_irq(unsigned int irq)
{
	(void)chip->mask(chip_self, irq);
}

static void unmask_irq(unsigned int irq)
{
	if (irq < chip_limit)
		(void)chip->unmask(chip_self, irq);
}

static int fdt_xlat(const void *fdt, int nodeoffset, __u32 index,
		    struct uk_intctlr_irq *irq)
{
	struct ukd_irq own;
	fdt32_t *cell;
	int rc, cells;

	rc = fdt_get_interrupt(fdt, nodeoffset, index, &cells, &cell);
	if (rc < 0)
		return rc;
	if (ukd_irq_translate(cell, (unsigned int)cells, &own))
		return -FDT_ERR_BADVALUE;

	irq->id = own.number;
	irq->trigger = own.trigger == UKD_IRQ_EDGE
		       ? UK_INTCTLR_IRQ_TRIGGER_EDGE
		       : UK_INTCTLR_IRQ_TRIGGER_LEVEL;
	return 0;
}

/* For the trap path, which has nothing but the registers to hand on */

typedef void trap_handler(struct __regs *regs);

static void handle_irq(struct __regs *regs)
{
	chip->handle(regs, chip_self);
}

/*
 * A driver that needs no `self` is called without a detour: on this
 * architecture a function doesn't know of an argument that it isn't given.
 *
 * Source: Procedure Call Standard for the Arm 64-bit Architecture (AArch64).
 */
static trap_handler *direct_or_not(void)
{
	return chip_self ? handle_irq
			 : (trap_handler *)(void (*)(void))chip->handle;
}

/* Of a CPU that was brought up later. */
static int initialize(void)
{
	return -ENOTSUP;
}

/* To another CPU, of which there is none. */
static void refuse_sgi(__u8 number, __u32 cpu)
{
	(void)number;
	(void)cpu;
}

extern struct _gic_dev *gic;
struct _gic_dev *gic;

/* The start */

/* Why there is no controller, as far as no driver has said it. */
static void say_why(const struct ukd_tree *tree)
{
	if (!tree->irqchip)
		ukd_err(NULL, "no interrupt controller");
	else if (tree->irqchip_compatible &&
		 !ukd_has_driver(tree->irqchip_compatible))
		ukd_err(NULL, "%s: no linked driver for %s", tree->irqchip,
			tree->irqchip_compatible);
}

/*
 * Filled in here, because initialized data that stands before the platform's
 * page tables costs an image up to a page.
 */
static void fill_in(struct _gic_dev *trap_side,
		    struct uk_intctlr_driver_ops *ops)
{
	trap_side->ops.initialize = initialize;
	trap_side->ops.enable_irq = unmask_irq;
	trap_side->ops.disable_irq = mask_irq;
	trap_side->ops.handle_irq = direct_or_not();
	trap_side->ops.gic_sgi_gen = refuse_sgi;

	ops->configure_irq = configure_irq;
	ops->fdt_xlat = fdt_xlat;
	ops->mask_irq = mask_irq;
	ops->unmask_irq = unmask_irq;
}

/* The platform crashes when it fails. */
int uk_intctlr_probe(void)
{
	static struct _gic_dev trap_side;
	static struct uk_intctlr_driver_ops ops;

	ukd_host_mapping_starts();
	ukd_host_probe(UKD_CLASS_IRQCHIP);
	if (!chip) {
		say_why(ukd_host_tree());
		ukd_host_find_firmware();
		return -ENODEV;
	}

	fill_in(&trap_side, &ops);
	gic = &trap_side;
	intctlr.ops = &ops;
	return uk_intctlr_register(&intctlr);
}
