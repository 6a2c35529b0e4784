/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 interrupt controller: distributor, the redistributor of the CPU that
 * boots, and its interface by system registers.
 *
 * Source:     Arm Generic Interrupt Controller Architecture Specification, GIC
 *             architecture version 3 and version 4, IHI 0069H.b ("GICv3");
 *             binding interrupt-controller/arm,gic-v3.yaml.
 * Supports:   SGIs to the calling CPU, PPIs, SPIs; trigger and priority; one
 *             Security state or two, from either of them.
 * Leaves out: CPUs other than the one that boots, preemption, other groups,
 *             virtualization, extended ranges, PPI partitions,
 *             message-signalled interrupts, the ITS.
 * Assumes:    the regions are mapped Device-nGnRE or stronger, so that
 *             accesses arrive in program order; the host calls every
 *             operation with interrupts off; at handover no interrupt is
 *             active in the CPU's interface, and EL2 and EL3 let EL1 use it.
 */

#include "gicv3_find.h"
#include "gicv3_start.h"

#include <ukd/irqchip.h>

/* State */

static struct gicv3 gicv3_only;

/* Class operations */

/*
 * The third cell's low bits: 1 rising, 2 falling edge, 4 high, 8 low level. An
 * SPI is rising or high; the polarity of a PPI is wired.
 */
static int gicv3_trigger_of(uint32_t flags, bool is_spi,
			    enum ukd_irq_trigger *trigger)
{
	flags &= UKD_MASK(3, 0);
	if (flags == 1 || (flags == 2 && !is_spi))
		*trigger = UKD_IRQ_EDGE;
	else if (flags == 4 || (flags == 8 && !is_spi))
		*trigger = UKD_IRQ_LEVEL;
	else
		return -EINVAL;
	return 0;
}

/* A fourth cell names a partition of a PPI's CPUs. Binding arm,gic-v3. */
static int gicv3_translate(void *self, const uint32_t *cell, unsigned int count,
			   struct ukd_irq *irq)
{
	const struct gicv3 *gic = &gicv3_only;
	uint32_t type, number, first, end;

	(void)self;	/* there is one controller */
	if (count < 3)
		return -EINVAL;

	type = ukd_be32(cell[0]);
	number = ukd_be32(cell[1]);
	if (type == 2 || type == 3 || (type == 1 && count > 3 && cell[3])) {
		ukd_warn(gic->dev, "interrupt of type %u, number %u: neither extended ranges nor partitions are driven",
			 type, number);
		return -ENOTSUP;
	}
	if (type > 1 || (count > 3 && cell[3]))
		return -EINVAL;

	first = type ? GICV3_PPI_FIRST : GICV3_SPI_FIRST;
	end = type ? GICV3_SPI_FIRST : gic->limit;
	if (number >= end - first)
		return -ERANGE;

	irq->number = first + number;
	return gicv3_trigger_of(ukd_be32(cell[2]), type == 0, &irq->trigger);
}

static int gicv3_mask(void *self, uint32_t number)
{
	const struct gicv3 *gic = &gicv3_only;
	int rc;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	ukd_mmio_write32(gicv3_frame(gic, number), GICD_ICENABLER(number),
			 GICD_BIT(number));
	rc = gicv3_settle(gic, number);
	/*
	 * The disable before whatever the caller does with its device, because
	 * that is another region, and order holds in one region only.
	 */
	ukd_mb();
	return rc;
}

static int gicv3_unmask(void *self, uint32_t number)
{
	const struct gicv3 *gic = &gicv3_only;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	/*
	 * What the caller wrote for its handler before the enable, because the
	 * interrupt may come with it.
	 */
	ukd_mb();
	ukd_mmio_write32(gicv3_frame(gic, number), GICD_ISENABLER(number),
			 GICD_BIT(number));
	return 0;
}

/**
 * Set an interrupt's trigger, with the interrupt disabled while it changes.
 *
 * SGIs are always edge. Whether a PPI's trigger can be changed is up to the
 * implementation; where it can't, the wired one stands.
 *
 * Source: GICv3 12.9.9, 12.11.8.
 */
static int gicv3_set_trigger(void *self, uint32_t number,
			     enum ukd_irq_trigger trigger)
{
	const struct gicv3 *gic = &gicv3_only;
	uint32_t config, enabled, edge = GICD_ICFGR_EDGE(number);
	uintptr_t frame;
	int rc;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;
	if (number < GICV3_PPI_FIRST)
		return trigger == UKD_IRQ_EDGE ? 0 : -ENOTSUP;

	frame = gicv3_frame(gic, number);
	enabled = ukd_mmio_read32(frame, GICD_ISENABLER(number)) &
		  GICD_BIT(number);
	config = ukd_mmio_read32(frame, GICD_ICFGR(number)) & ~edge;
	if (trigger == UKD_IRQ_EDGE)
		config |= edge;

	rc = gicv3_mask(NULL, number);
	if (!rc)
		ukd_mmio_write32(frame, GICD_ICFGR(number), config);
	ukd_mmio_write32(frame, GICD_ISENABLER(number), enabled);
	return rc;
}

static int gicv3_set_priority(void *self, uint32_t number, uint8_t priority)
{
	const struct gicv3 *gic = &gicv3_only;

	(void)self;	/* there is one controller */
	if (number >= gic->limit)
		return -ERANGE;

	ukd_mmio_write8(gicv3_frame(gic, number), GICD_IPRIORITYR(number),
			priority);
	return 0;
}

/* To the CPU that calls, whichever it is. GICv3 12.2.22. */
static int gicv3_raise(void *self, uint32_t number)
{
	uint64_t mpidr = ukd_sysreg_read(MPIDR_EL1);

	(void)self;	/* the registers are the CPU's own */

	if (number >= GICV3_PPI_FIRST)
		return -ERANGE;

	/* What was written for the handler before the interrupt it comes with. */
	ukd_mb();
	ukd_sysreg_write(ICC_SGI1R_EL1,
			 (mpidr & (MPIDR_AFF3 | MPIDR_AFF2)) << 16 |
			 (mpidr & MPIDR_AFF1) << 8 |
			 (mpidr >> 4 & 0xf) << ICC_SGI1R_RS_SHIFT |
			 (uint64_t)number << ICC_SGI1R_INTID_SHIFT |
			 1U << (mpidr & 0xf));
	ukd_isb();	/* raised before the caller goes on */
	return 0;
}

/*
 * One interrupt a call: when more are pending the CPU takes the next at once.
 *
 * INTIDs 1020 to 1023 are no interrupt and must not be ended. No ISB is needed
 * around: reading IAR is self-synchronizing while interrupts are off, and the
 * return from the vector is a synchronization.
 *
 * Source: GICv3 12.2.10, 12.2.14.
 */
static void gicv3_handle(void *context, void *self)
{
	uint64_t intid = ukd_sysreg_read(ICC_IAR1_EL1);

	(void)self;	/* the registers are the CPU's own */

	if (intid - GICV3_INTID_END < GICV3_SPECIAL_COUNT)
		return;

	/*
	 * The acknowledge before what the handler does, because an edge that
	 * its device raises after that has to make the interrupt pending anew.
	 */
	ukd_mb();
	ukd_irq_dispatch(context, (uint32_t)intid);
	/*
	 * What the handler wrote to its device before the end, because a level
	 * that still stands then brings the interrupt again.
	 */
	ukd_mb();
	ukd_sysreg_write(ICC_EOIR1_EL1, intid);
}

static const struct ukd_irqchip_ops gicv3_ops = {
	.translate = gicv3_translate,
	.set_trigger = gicv3_set_trigger,
	.set_priority = gicv3_set_priority,
	.mask = gicv3_mask,
	.unmask = gicv3_unmask,
	.raise = gicv3_raise,
	.handle = gicv3_handle,
};

/* Probe */

/* Look at everything that can be looked at before anything is changed. */
static int gicv3_examine(struct gicv3 *gic, const struct ukd_device *dev)
{
	if (dev->region_count < 2 || dev->region[0].size < GICV3_FRAME_SIZE) {
		ukd_err(dev, "reg: want a distributor of at least %#lx bytes, and redistributors",
			GICV3_FRAME_SIZE);
		return -EINVAL;
	}

	gic->dev = dev;
	gic->gicd = dev->region[0].base;
	if (!gicv3_is_own(gic->gicd))
		return -ENODEV;
	if (!UKD_FIELD_GET(ID_AA64PFR0_GIC, ukd_sysreg_read(ID_AA64PFR0_EL1))) {
		ukd_err(dev, "ID_AA64PFR0_EL1.GIC: 0, wanted system registers");
		return -ENOTSUP;
	}
	return gicv3_find(gic, dev);
}

static int gicv3_probe(const struct ukd_device *dev, const void *variant)
{
	struct gicv3 *gic = &gicv3_only;
	int rc;

	(void)variant;	/* one layout only; see gicv3_match */

	if (gic->limit) {
		ukd_info(dev, "left out, the image has its controller already");
		return -EBUSY;
	}

	rc = gicv3_examine(gic, dev);
	if (rc)
		return rc;

	gic->limit = gicv3_limit(gic);
	rc = gicv3_start_interrupts(gic);
	if (!rc)
		rc = gicv3_start_cpu(gic);
	if (!rc)
		rc = ukd_irqchip_add(dev, &gicv3_ops, NULL, gic->limit);
	if (rc)
		gic->limit = 0;
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match gicv3_match[] = {
	{ .compatible = "arm,gic-v3" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_gicv3;
const struct ukd_driver ukd_driver_gicv3 = {
	.name = "gicv3",
	.class = UKD_CLASS_IRQCHIP,
	.match = gicv3_match,
	.probe = gicv3_probe,
};
