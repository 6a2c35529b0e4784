/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv2: access to the registers, and the sequences that start it.
 *
 * Source: ARM Generic Interrupt Controller Architecture version 2.0,
 *         Architecture Specification, IHI 0048B.b ("GICv2").
 */
#ifndef GICV2_START_H
#define GICV2_START_H

#include "gicv2_regs.h"

#include <ukd/config.h>
#include <ukd/mmio.h>

#include <stddef.h>
#include <stdint.h>

/* Limits */

#define GICV2_PRIORITY	CONFIG_LIBUKDRIVER_GICV2_PRIORITY

/* A byte in each of a word's four places. */
#define GICV2_FOUR_TIMES(byte)	((uint32_t)(byte) * 0x01010101U)

/* State */

struct gicv2 {
	uintptr_t gicd;		/* mapped start of the distributor */
	uintptr_t gicc;		/* and of the CPU interface */
	uint32_t limit;		/* INTIDs below it exist; 0: not started */
};

/* Register access */

static inline uint32_t gicd_read(const struct gicv2 *gic, size_t reg)
{
	return ukd_mmio_read32(gic->gicd, reg);
}

static inline void gicd_write(const struct gicv2 *gic, size_t reg,
			      uint32_t value)
{
	ukd_mmio_write32(gic->gicd, reg, value);
}

static inline uint32_t gicc_read(const struct gicv2 *gic, size_t reg)
{
	return ukd_mmio_read32(gic->gicc, reg);
}

static inline void gicc_write(const struct gicv2 *gic, size_t reg,
			      uint32_t value)
{
	ukd_mmio_write32(gic->gicc, reg, value);
}

/* Hardware sequences */

/* How many INTIDs the distributor has. GICv2 4.3.2. */
static inline uint32_t gicv2_limit(const struct gicv2 *gic)
{
	uint32_t lines = UKD_FIELD_GET(GICD_TYPER_ITLINESNUMBER,
				       gicd_read(gic, GICD_TYPER));
	uint32_t limit = 32 * (lines + 1);

	return limit < GICV2_INTID_END ? limit : GICV2_INTID_END;
}

/*
 * The calling CPU's bit in ITARGETSR, from the read-only fields of its own
 * interrupts; 0 when it is the only CPU and there is nothing to target.
 * GICv2 4.3.12.
 */
static inline uint32_t gicv2_own_target(const struct gicv2 *gic)
{
	uint32_t targets = 0, intid;

	for (intid = 0; intid < GICV2_SPI_FIRST && !targets; intid += 4)
		targets = gicd_read(gic, GICD_ITARGETSR(intid));

	targets |= targets >> 16;
	return (targets | targets >> 8) & UKD_MASK(7, 0);
}

/**
 * Set every interrupt up: off, idle, in group 0, for this CPU, level.
 *
 * All of it happens with the distributor off, and an interrupt's trigger is
 * written only after it was disabled, since changing it before has no defined
 * effect. Without access to groups, IGROUPR ignores the write.
 *
 * Source: GICv2 4.3.1, 4.3.4, 4.3.6, 4.3.8, 4.3.10 to 4.3.13.
 */
static inline void gicv2_start_distributor(const struct gicv2 *gic)
{
	uint32_t target = GICV2_FOUR_TIMES(gicv2_own_target(gic)), intid;

	gicd_write(gic, GICD_CTLR, 0);

	for (intid = 0; intid < gic->limit; intid += 32) {
		gicd_write(gic, GICD_ICENABLER(intid), UINT32_MAX);
		gicd_write(gic, GICD_ICPENDR(intid), UINT32_MAX);
		gicd_write(gic, GICD_ICACTIVER(intid), UINT32_MAX);
		gicd_write(gic, GICD_IGROUPR(intid), 0);
	}
	for (intid = 0; intid < gic->limit; intid += 4)
		gicd_write(gic, GICD_IPRIORITYR(intid),
			   GICV2_FOUR_TIMES(GICV2_PRIORITY));
	for (intid = GICV2_SPI_FIRST; intid < gic->limit; intid += 4)
		gicd_write(gic, GICD_ITARGETSR(intid), target);
	for (intid = GICV2_SPI_FIRST; intid < gic->limit; intid += 16)
		gicd_write(gic, GICD_ICFGR(intid), 0);

	gicd_write(gic, GICD_CTLR, GICD_CTLR_ENABLE);
}

/**
 * Let every priority through and signal interrupts, EOIR doing all of the end.
 *
 * Source: GICv2 4.4.1, 4.4.2, 4.4.3.
 */
static inline void gicv2_start_cpu(const struct gicv2 *gic)
{
	uint32_t bypass = gicc_read(gic, GICC_CTLR) & GICC_CTLR_BYPASS;

	gicc_write(gic, GICC_CTLR, bypass);
	gicc_write(gic, GICC_PMR, GICC_PMR_ALL);
	gicc_write(gic, GICC_BPR, 0);
	gicc_write(gic, GICC_CTLR, bypass | GICC_CTLR_ENABLE);
}

#endif /* GICV2_START_H */
