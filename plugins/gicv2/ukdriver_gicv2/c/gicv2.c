/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv2 interrupt controller: distributor and CPU interface.
 *
 * Source:     ARM Generic Interrupt Controller Architecture version 2.0,
 *             Architecture Specification, IHI 0048B.b ("GICv2"); binding
 *             interrupt-controller/arm,gic.yaml.
 * Supports:   SGIs to the calling CPU, PPIs, SPIs; trigger and priority; with
 *             and without the Security Extensions, from either state.
 * Leaves out: CPUs other than the one that boots, preemption, grouping,
 *             virtualization, message-signalled interrupts, cascading.
 * Assumes:    both regions are mapped Device-nGnRE or stronger, so that
 *             accesses arrive in program order; the host calls every
 *             operation with interrupts off.
 */

#include "gicv2_start.h"

#include <ukd/barrier.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>
#include <ukd/mmio.h>

#include <stddef.h>
#include <stdint.h>

/* State */

static struct gicv2 gicv2_only;

/* Class operations */

/* The third cell's low bits: 1 rising, 2 falling edge, 4 high, 8 low level. */
static int gicv2_trigger_of(uint32_t flags, enum ukd_irq_trigger *trigger)
{
	switch (flags & UKD_MASK(3, 0)) {
	case 1:
	case 2:
		*trigger = UKD_IRQ_EDGE;
		return 0;
	case 4:
	case 8:
		*trigger = UKD_IRQ_LEVEL;
		return 0;
	default:
		return -EINVAL;
	}
}

/* An SPI is active high; the polarity of a PPI is wired. Binding arm,gic. */
static int gicv2_translate(void *self, const uint32_t *cell, unsigned int count,
			   struct ukd_irq *irq)
{
	const struct gicv2 *gic = &gicv2_only;
	uint32_t type, number, flags, first, end;

	(void)self;	/* there is one controller */
	if (count != 3)
		return -EINVAL;

	type = ukd_be32(cell[0]);
	number = ukd_be32(cell[1]);
	flags = ukd_be32(cell[2]);
	if (type > 1 || (type == 0 && flags & (UKD_BIT(1) | UKD_BIT(3))))
		return -EINVAL;

	first = type ? GICV2_PPI_FIRST : GICV2_SPI_FIRST;
	end = type ? GICV2_SPI_FIRST : gic->limit;
	if (number >= end - first)
		return -ERANGE;

	irq->number = first + number;
	return gicv2_trigger_of(flags, &irq->trigger);
}

static int gicv2_mask(void *self, uint32_t number)
{
	const struct gicv2 *gic = &gicv2_only;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	gicd_write(gic, GICD_ICENABLER(number), GICD_BIT(number));
	/*
	 * The disable before whatever the caller does with its device, because
	 * that is another region, and order holds in one region only.
	 */
	ukd_mb();
	return 0;
}

static int gicv2_unmask(void *self, uint32_t number)
{
	const struct gicv2 *gic = &gicv2_only;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	/*
	 * What the caller wrote for its handler before the enable, because the
	 * interrupt may come with it.
	 */
	ukd_mb();
	gicd_write(gic, GICD_ISENABLER(number), GICD_BIT(number));
	return 0;
}

/**
 * Set an interrupt's trigger, with the interrupt disabled while it changes.
 *
 * SGIs are always edge. Whether a PPI's trigger can be changed is up to the
 * implementation; where it can't, the wired one stands.
 *
 * Source: GICv2 4.3.13.
 */
static int gicv2_set_trigger(void *self, uint32_t number,
			     enum ukd_irq_trigger trigger)
{
	const struct gicv2 *gic = &gicv2_only;
	uint32_t config, enabled, edge = GICD_ICFGR_EDGE(number);

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;
	if (number < GICV2_PPI_FIRST)
		return trigger == UKD_IRQ_EDGE ? 0 : -ENOTSUP;

	enabled = gicd_read(gic, GICD_ISENABLER(number)) & GICD_BIT(number);
	config = gicd_read(gic, GICD_ICFGR(number)) & ~edge;
	if (trigger == UKD_IRQ_EDGE)
		config |= edge;

	gicd_write(gic, GICD_ICENABLER(number), GICD_BIT(number));
	gicd_write(gic, GICD_ICFGR(number), config);
	gicd_write(gic, GICD_ISENABLER(number), enabled);
	return 0;
}

static int gicv2_set_priority(void *self, uint32_t number, uint8_t priority)
{
	const struct gicv2 *gic = &gicv2_only;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	ukd_mmio_write8(gic->gicd, GICD_IPRIORITYR(number), priority);
	return 0;
}

static int gicv2_raise(void *self, uint32_t number)
{
	const struct gicv2 *gic = &gicv2_only;

	(void)self;	/* there is one controller */
	if (number >= GICV2_PPI_FIRST)
		return -ERANGE;

	/* What was written for the handler before the interrupt it comes with. */
	ukd_mb();
	gicd_write(gic, GICD_SGIR,
		   UKD_FIELD_PUT(GICD_SGIR_TARGETLISTFILTER, 2) | number);
	return 0;
}

/*
 * One interrupt a call: when more are pending the CPU takes the next at once.
 *
 * IDs from 1020 on are no interrupt and must not be ended. EOIR gets the whole
 * of what IAR gave, because an SGI's has the CPU that raised it.
 *
 * Source: GICv2 4.4.4, 4.4.5.
 */
static void gicv2_handle(void *context, void *self)
{
	const uintptr_t gicc = gicv2_only.gicc;
	uint32_t iar = ukd_mmio_read32(gicc, GICC_IAR);
	uint32_t intid = UKD_FIELD_GET(GICC_IAR_INTID, iar);

	(void)self;	/* there is one controller */
	if (intid >= GICV2_INTID_END)
		return;

	ukd_irq_dispatch(context, intid);
	/*
	 * What the handler wrote to its device before the end, because a level
	 * that still stands then brings the interrupt again; the device is
	 * another region than EOIR.
	 */
	ukd_mb();
	ukd_mmio_write32(gicc, GICC_EOIR, iar);
}

static const struct ukd_irqchip_ops gicv2_ops = {
	.translate = gicv2_translate,
	.set_trigger = gicv2_set_trigger,
	.set_priority = gicv2_set_priority,
	.mask = gicv2_mask,
	.unmask = gicv2_unmask,
	.raise = gicv2_raise,
	.handle = gicv2_handle,
};

/* Probe */

static int gicv2_probe(const struct ukd_device *dev, const void *variant)
{
	struct gicv2 *gic = &gicv2_only;
	int rc;

	(void)variant;	/* one layout only; see gicv2_match */

	if (gic->limit) {
		ukd_info(dev, "left out, the image has its controller already");
		return -EBUSY;
	}
	if (dev->region_count < 2 || dev->region[0].size < GICD_SIZE ||
	    dev->region[1].size < GICC_SIZE) {
		ukd_err(dev, "reg: want a distributor of at least %#x bytes and a CPU interface of %#x",
			GICD_SIZE, GICC_SIZE);
		return -EINVAL;
	}

	gic->gicd = dev->region[0].base;
	gic->gicc = dev->region[1].base;
	if (UKD_FIELD_GET(GICC_IIDR_ARCHITECTURE, gicc_read(gic, GICC_IIDR)) !=
	    GICC_IIDR_GICV2)
		return -ENODEV;

	gic->limit = gicv2_limit(gic);
	gicv2_start_distributor(gic);
	gicv2_start_cpu(gic);
	rc = ukd_irqchip_add(dev, &gicv2_ops, NULL, gic->limit);
	if (rc)
		gic->limit = 0;
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match gicv2_match[] = {
	{ .compatible = "arm,gic-400" },
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,cortex-a7-gic" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_gicv2;
const struct ukd_driver ukd_driver_gicv2 = {
	.name = "gicv2",
	.class = UKD_CLASS_IRQCHIP,
	.match = gicv2_match,
	.probe = gicv2_probe,
};
