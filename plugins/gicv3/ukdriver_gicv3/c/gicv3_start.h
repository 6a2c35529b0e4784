/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3: access to the registers, and the sequences that start it.
 *
 * Source: Arm Generic Interrupt Controller Architecture Specification, GIC
 *         architecture version 3 and version 4, IHI 0069H.b ("GICv3").
 */
#ifndef GICV3_START_H
#define GICV3_START_H

#include "gicv3_regs.h"

#include <ukd/barrier.h>
#include <ukd/config.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/sysreg.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define GICV3_PRIORITY	CONFIG_LIBUKDRIVER_GICV3_PRIORITY

/* Far more than any wait takes; a redistributor may have to be powered. */
#define GICV3_WAIT_US	100000U

/* A byte in each of a word's four places. */
#define GICV3_FOUR_TIMES(byte)	((uint32_t)(byte) * 0x01010101U)

/* State */

struct gicv3 {
	uintptr_t gicd;		/* mapped start of the distributor */
	uintptr_t gicr;		/* and of the booting CPU's redistributor */
	uint32_t limit;		/* INTIDs below it exist; 0: not started */
	const struct ukd_device *dev;	/* for messages */
};

/* Register access */

/* The frame with an interrupt's registers. */
static inline uintptr_t gicv3_frame(const struct gicv3 *gic, uint32_t intid)
{
	return intid < GICV3_SPI_FIRST ? gic->gicr + GICR_SGI_FRAME : gic->gicd;
}

/* Whether a frame is a GICv3's or GICv4's. */
static inline bool gicv3_is_own(uintptr_t frame)
{
	uint32_t revision = UKD_FIELD_GET(GICV3_PIDR2_ARCHREV,
					  ukd_mmio_read32(frame, GICV3_PIDR2));

	return revision == 3 || revision == 4;
}

/* Wait until a bit is 0. Apart, because it is called from many places. */
__attribute__((noinline))
static int gicv3_wait(const struct gicv3 *gic, uintptr_t frame, size_t reg,
		      uint32_t busy, const char *name)
{
	uint64_t deadline = 0;

	while (ukd_mmio_read32(frame, reg) & busy) {
		uint64_t now = ukd_now_us();

		if (!deadline) {
			deadline = now + GICV3_WAIT_US;
		} else if (now >= deadline) {
			ukd_err(gic->dev, "%s: 1 for %u us, wanted 0", name,
				GICV3_WAIT_US);
			return -ETIMEDOUT;
		}
	}
	return 0;
}

/*
 * Wait until a write that turns an interrupt off has reached all of the
 * controller: only what RWP tracks has to be waited for, and turning on isn't.
 * GICv3 12.9.4, 12.11.2.
 */
__attribute__((noinline))
static int gicv3_settle(const struct gicv3 *gic, uint32_t intid)
{
	if (intid < GICV3_SPI_FIRST)
		return gicv3_wait(gic, gic->gicr, GICR_CTLR, GICR_CTLR_RWP,
				  "GICR_CTLR.RWP");
	return gicv3_wait(gic, gic->gicd, GICD_CTLR, GICD_CTLR_RWP,
			  "GICD_CTLR.RWP");
}

/* Hardware sequences */

/* How many INTIDs the distributor has. GICv3 12.9.38. */
static inline uint32_t gicv3_limit(const struct gicv3 *gic)
{
	uint32_t lines = UKD_FIELD_GET(GICD_TYPER_ITLINESNUMBER,
				       ukd_mmio_read32(gic->gicd, GICD_TYPER));
	uint32_t limit = 32 * (lines + 1);

	return limit < GICV3_INTID_END ? limit : GICV3_INTID_END;
}

/*
 * Stop forwarding, then route by affinity: ARE may only change while no group
 * is on, and the redistributors answer only with it. GICv3 12.9.4.
 */
static inline int gicv3_stop(const struct gicv3 *gic)
{
	uint32_t ctlr = ukd_mmio_read32(gic->gicd, GICD_CTLR) &
			~(GICD_CTLR_ENABLEGRP | GICD_CTLR_RWP);
	int rc;

	ukd_mmio_write32(gic->gicd, GICD_CTLR, ctlr);
	rc = gicv3_settle(gic, GICV3_SPI_FIRST);
	if (rc)
		return rc;

	ukd_mmio_write32(gic->gicd, GICD_CTLR, ctlr | GICD_CTLR_ARE);
	return gicv3_settle(gic, GICV3_SPI_FIRST);
}

/*
 * Let interrupts through to a CPU whose redistributor sleeps. Where that is
 * the Secure state's affair, the register reads as awake. GICv3 12.11.42.
 */
static inline int gicv3_wake(const struct gicv3 *gic)
{
	uint32_t waker = ukd_mmio_read32(gic->gicr, GICR_WAKER);

	ukd_mmio_write32(gic->gicr, GICR_WAKER,
			 waker & ~GICR_WAKER_PROCESSORSLEEP);
	return gicv3_wait(gic, gic->gicr, GICR_WAKER,
			  GICR_WAKER_CHILDRENASLEEP,
			  "GICR_WAKER.ChildrenAsleep");
}

/*
 * Whether accesses are Secure, with a Non-secure state beside: only then does
 * a group bit stay that was written while there are two Security states.
 * GICv3 12.9.4, 12.11.12.
 */
static inline bool gicv3_is_secure(const struct gicv3 *gic)
{
	uintptr_t frame = gicv3_frame(gic, 0);

	ukd_mmio_write32(frame, GICD_IGROUPR(0), UINT32_MAX);
	return !(ukd_mmio_read32(gic->gicd, GICD_CTLR) & GICD_CTLR_DS) &&
	       ukd_mmio_read32(frame, GICD_IGROUPR(0));
}

/*
 * Set 32 interrupts to off, idle, and in group 1 of the state.
 * GICv3 12.9.13, 12.9.15.
 */
static inline int gicv3_reset_word(const struct gicv3 *gic, uint32_t first,
				   bool is_secure)
{
	const uint32_t groups = is_secure ? 0 : UINT32_MAX;
	uintptr_t frame = gicv3_frame(gic, first);
	uint32_t intid;

	ukd_mmio_write32(frame, GICD_ICENABLER(first), UINT32_MAX);
	ukd_mmio_write32(frame, GICD_ICPENDR(first), UINT32_MAX);
	ukd_mmio_write32(frame, GICD_ICACTIVER(first), UINT32_MAX);
	ukd_mmio_write32(frame, GICD_IGROUPR(first), groups);
	ukd_mmio_write32(frame, GICD_IGRPMODR(first), ~groups);
	for (intid = first; intid < first + 32; intid += 4)
		ukd_mmio_write32(frame, GICD_IPRIORITYR(intid),
				 GICV3_FOUR_TIMES(GICV3_PRIORITY));
	return gicv3_settle(gic, first);
}

/* All shared interrupts to this CPU, level. GICv3 12.9.9, 12.9.22. */
static inline void gicv3_route(const struct gicv3 *gic)
{
	uint64_t cpu = ukd_sysreg_read(MPIDR_EL1) &
		       (MPIDR_AFF3 | MPIDR_AFF2_TO_0);
	uint32_t intid;

	for (intid = GICV3_SPI_FIRST; intid < gic->limit; intid++)
		ukd_mmio_write64(gic->gicd, GICD_IROUTER(intid), cpu);
	for (intid = GICV3_SPI_FIRST; intid < gic->limit; intid += 16)
		ukd_mmio_write32(gic->gicd, GICD_ICFGR(intid), 0);
}

/**
 * Set every interrupt up: off, idle, in group 1, for this CPU; SPIs level.
 *
 * Group 1 is that of the Security state that the CPU is in, whose interrupts
 * are the ones it can take as IRQs.
 *
 * @return 0, or -ETIMEDOUT: the distributor is off
 */
static inline int gicv3_start_interrupts(const struct gicv3 *gic)
{
	uint32_t intid, ctlr;
	bool is_secure;
	int rc;

	rc = gicv3_stop(gic);
	if (!rc)
		rc = gicv3_wake(gic);
	if (rc)
		return rc;

	is_secure = gicv3_is_secure(gic);
	for (intid = 0; intid < gic->limit; intid += 32) {
		rc = gicv3_reset_word(gic, intid, is_secure);
		if (rc)
			return rc;
	}
	gicv3_route(gic);

	ctlr = ukd_mmio_read32(gic->gicd, GICD_CTLR);
	ctlr |= is_secure ? GICD_CTLR_ENABLEGRP1S : GICD_CTLR_ENABLEGRP1;
	ukd_mmio_write32(gic->gicd, GICD_CTLR, ctlr);
	return 0;
}

/**
 * Let every priority through and signal interrupts, EOIR doing all of the end.
 *
 * @return 0, or -ENOTSUP when the CPU's interface isn't to be had
 *
 * Source: GICv3 12.2.5, 12.2.6, 12.2.16, 12.2.19, 12.2.23.
 */
static inline int gicv3_start_cpu(const struct gicv3 *gic)
{
	uint64_t sre = ukd_sysreg_read(ICC_SRE_EL1);

	ukd_sysreg_write(ICC_SRE_EL1, sre | ICC_SRE_SRE);
	ukd_isb();	/* the other registers are there only with it */
	sre = ukd_sysreg_read(ICC_SRE_EL1);
	if (!(sre & ICC_SRE_SRE)) {
		ukd_err(gic->dev, "ICC_SRE_EL1.SRE: 0 after it was set, wanted system registers");
		return -ENOTSUP;
	}

	ukd_sysreg_write(ICC_PMR_EL1, ICC_PMR_ALL);
	ukd_sysreg_write(ICC_BPR1_EL1, 0);
	ukd_sysreg_write(ICC_CTLR_EL1, ukd_sysreg_read(ICC_CTLR_EL1) &
				       ~(uint64_t)ICC_CTLR_EOIMODE);
	ukd_isb();	/* how interrupts end before the first can come */
	ukd_sysreg_write(ICC_IGRPEN1_EL1, ICC_IGRPEN1_ENABLE);
	ukd_isb();	/* on before the caller goes to sleep */
	return 0;
}

#endif /* GICV3_START_H */
