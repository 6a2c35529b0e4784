/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual timer of the CPU as a one-shot timer.
 *
 * Source:     Arm Architecture Reference Manual, DDI 0487: CNTV_CTL_EL0,
 *             CNTV_CVAL_EL0; the binding timer/arm,arch_timer.yaml of Linux.
 * Supports:   the virtual timer, which every exception level may use.
 * Leaves out: the physical timers.
 * Assumes:    one CPU; ukd_ticks() is CNTVCT_EL0.
 */

#include <uk/arch/sysreg.h>
#include <uk/plat/time.h>

#include <ukd/barrier.h>
#include <ukd/bits.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/log.h>
#include <ukd/timer.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Place in `interrupts`: secure, non-secure, virtual, hypervisor. */
#define ARMV8_TIMER_VIRTUAL	2

/* Class operations */

static void armv8_timer_disarm(void *self)
{
	(void)self;

	uk_write_cntv_ctl_el0(0);
	ukd_isb();	/* off before the caller goes on: no late interrupt */
}

static void armv8_timer_arm(void *self, uint64_t ticks)
{
	(void)self;

	uk_write_cntv_cval_el0(ticks);
	ukd_isb();	/* the time before the timer, or an old one may fire */
	uk_write_cntv_ctl_el0(UK_CNT_CTL_ENABLE);
	ukd_isb();	/* on before the caller goes to sleep */
}

static const struct ukd_timer_ops armv8_timer_ops = {
	.arm = armv8_timer_arm,
	.disarm = armv8_timer_disarm,
};

/* Off before the interrupt ends: its level would raise it again. */
static bool armv8_timer_interrupt(void *self)
{
	if (!(uk_read_cntv_ctl_el0() & UK_CNT_CTL_ISTATUS))
		return false;
	armv8_timer_disarm(self);
	ukd_timer_expired();
	return true;
}

/* Probe */

/* Firmware that left CNTFRQ_EL0 wrong is corrected by the tree. */
static void armv8_timer_take_rate(const struct ukd_device *dev)
{
	size_t size = 0;
	const unsigned char *byte = ukd_property(dev, "clock-frequency", &size);

	if (byte && size == sizeof(uint32_t))
		uk_ticks_set_hz((uint32_t)byte[0] << 24 | byte[1] << 16 |
				byte[2] << 8 | byte[3]);
}

static int armv8_timer_probe(const struct ukd_device *dev, const void *variant)
{
	int rc;

	(void)variant;	/* one kind only */

	if (dev->irq_count <= ARMV8_TIMER_VIRTUAL) {
		ukd_err(dev, "interrupts: %u usable, wanted at least %u",
			dev->irq_count, ARMV8_TIMER_VIRTUAL + 1);
		return -EINVAL;
	}

	armv8_timer_disarm(NULL);
	rc = ukd_irq_attach(dev, ARMV8_TIMER_VIRTUAL, armv8_timer_interrupt,
			    NULL);
	if (rc) {
		ukd_err(dev, "interrupt %u: can't be attached (error %d)",
			dev->irq[ARMV8_TIMER_VIRTUAL].number, rc);
		return rc;
	}

	rc = ukd_timer_add(dev, &armv8_timer_ops, NULL);
	if (rc) {
		(void)ukd_irq_detach(dev, ARMV8_TIMER_VIRTUAL,
				     armv8_timer_interrupt, NULL);
		return rc;
	}
	armv8_timer_take_rate(dev);
	return 0;
}

/* Match table and driver object */

static const struct ukd_match armv8_timer_match[] = {
	{ .compatible = "arm,armv8-timer" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_armv8_timer;
const struct ukd_driver ukd_driver_armv8_timer = {
	.name = "armv8-timer",
	.class = UKD_CLASS_TIMER,
	.match = armv8_timer_match,
	.probe = armv8_timer_probe,
};
