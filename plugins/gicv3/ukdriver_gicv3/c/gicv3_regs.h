/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 register map. Facts only: no state, no functions.
 *
 * A redistributor's SGI frame has the registers of INTIDs 0 to 31 where the
 * distributor has those of the others, so one offset serves both. Registers
 * that hold a field for each interrupt are given by the interrupt's INTID.
 * System registers are named in the code as the assembler names them.
 *
 * Source: Arm Generic Interrupt Controller Architecture Specification, GIC
 *         architecture version 3 and version 4, IHI 0069H.b ("GICv3"); Arm
 *         Architecture Reference Manual, DDI 0487, ID_AA64PFR0_EL1, MPIDR_EL1.
 */
#ifndef GICV3_REGS_H
#define GICV3_REGS_H

#include <ukd/bits.h>

/* Interrupt identifiers. GICv3 2.2. */
#define GICV3_PPI_FIRST		16U
#define GICV3_SPI_FIRST		32U
#define GICV3_INTID_END		1020U	/* 1020 to 1023 are no interrupts */
#define GICV3_SPECIAL_COUNT	4U

#define GICV3_FRAME_SIZE	0x10000UL

/* Either frame */

/* GICD_PIDR2, GICR_PIDR2: 3 is GICv3, 4 is GICv4. */
#define GICV3_PIDR2		0xffe8
#define GICV3_PIDR2_ARCHREV	UKD_MASK(7, 4)

/* Distributor. GICv3 12.8. */

/*
 * GICv3 12.9.4. ARE is that of the accessing state. EnableGrp1 is that of Non-secure, or of
 * the only state; EnableGrp1S exists for Secure accesses with two states.
 */
#define GICD_CTLR		0x0000
#define GICD_CTLR_ENABLEGRP	UKD_MASK(2, 0)
#define GICD_CTLR_ENABLEGRP1	UKD_BIT(1)
#define GICD_CTLR_ENABLEGRP1S	UKD_BIT(2)
#define GICD_CTLR_ARE		UKD_BIT(4)
#define GICD_CTLR_DS		UKD_BIT(6)	/* one state only */
#define GICD_CTLR_RWP		UKD_BIT(31)

/* GICv3 12.9.38. */
#define GICD_TYPER		0x0004
#define GICD_TYPER_ITLINESNUMBER UKD_MASK(4, 0)	/* 32 * (N + 1) INTIDs */

/* GICv3 12.9.22. Affinity 3 in bits 39:32, 2 to 0 in 23:0; 64 bit wide. */
#define GICD_IROUTER(intid)	(0x6000 + (intid) * 8UL)

/* Distributor, and SGI frame of a redistributor */

/*
 * One bit an interrupt: byte offset of the word. GICv3 12.9.5, 12.9.7, 12.9.11,
 * 12.9.13, 12.9.15, 12.9.26; 12.11.3, 12.11.5, 12.11.10, 12.11.12, 12.11.14,
 * 12.11.25.
 */
#define GICD_WORD(intid)	((intid) / 32 * 4)
#define GICD_BIT(intid)		UKD_BIT((intid) % 32)

#define GICD_IGROUPR(intid)	(0x0080 + GICD_WORD(intid))
#define GICD_ISENABLER(intid)	(0x0100 + GICD_WORD(intid))
#define GICD_ICENABLER(intid)	(0x0180 + GICD_WORD(intid))
#define GICD_ICPENDR(intid)	(0x0280 + GICD_WORD(intid))
#define GICD_ICACTIVER(intid)	(0x0380 + GICD_WORD(intid))
#define GICD_IGRPMODR(intid)	(0x0d00 + GICD_WORD(intid))

/* One byte an interrupt, also four at a time. GICv3 12.9.20, 12.11.21. */
#define GICD_IPRIORITYR(intid)	(0x0400 + (intid))

/* Two bits an interrupt, the upper says edge. GICv3 12.9.9, 12.11.8. */
#define GICD_ICFGR(intid)	(0x0c00 + (intid) / 16 * 4)
#define GICD_ICFGR_EDGE(intid)	UKD_BIT((intid) % 16 * 2 + 1)

/* Redistributor: its first frame, the SGI frame after it. GICv3 12.10. */

/* GICv3 12.11.2. */
#define GICR_CTLR		0x0000
#define GICR_CTLR_RWP		UKD_BIT(3)

/* GICv3 12.11.37. 64 bit wide: flags, the affinity of its CPU above them. */
#define GICR_TYPER		0x0008
#define GICR_TYPER_VLPIS	UKD_BIT(1)	/* two frames more */
#define GICR_TYPER_LAST		UKD_BIT(4)	/* of its region */

/* GICv3 12.11.42. */
#define GICR_WAKER		0x0014
#define GICR_WAKER_PROCESSORSLEEP UKD_BIT(1)
#define GICR_WAKER_CHILDRENASLEEP UKD_BIT(2)

#define GICR_SGI_FRAME		GICV3_FRAME_SIZE
#define GICR_SIZE		(2 * GICV3_FRAME_SIZE)

/* As many as GICR_TYPER.Processor_Number tells apart. */
#define GICR_COUNT_MAX		0x10000U

/* CPU interface: fields of system registers */

/* ID_AA64PFR0_EL1.GIC; 0: no system registers. */
#define ID_AA64PFR0_GIC		UKD_MASK(27, 24)

#define ICC_SRE_SRE		UKD_BIT(0)	/* GICv3 12.2.23 */
#define ICC_PMR_ALL		0xff		/* GICv3 12.2.19 */
#define ICC_CTLR_EOIMODE	UKD_BIT(1)	/* GICv3 12.2.6 */
#define ICC_IGRPEN1_ENABLE	UKD_BIT(0)	/* GICv3 12.2.16 */

/* Where MPIDR_EL1 has the four affinity levels. */
#define MPIDR_AFF3		UINT64_C(0xff00000000)
#define MPIDR_AFF2		UINT64_C(0xff0000)
#define MPIDR_AFF1		UINT64_C(0xff00)
#define MPIDR_AFF2_TO_0		UINT64_C(0xffffff)

/*
 * GICv3 12.2.22. Affinity 3 in 55:48, 2 in 39:32, 1 in 23:16; of affinity 0
 * the upper four bits as RS in 47:44, and a bit for the lower four in 15:0.
 */
#define ICC_SGI1R_INTID_SHIFT	24
#define ICC_SGI1R_RS_SHIFT	44

_Static_assert(GICD_ICENABLER(1019) == 0x1fc, "32 words");
_Static_assert(GICD_ICFGR(1019) == 0xcfc, "64 words");
_Static_assert(GICD_IPRIORITYR(1019) < 0x800, "1020 bytes");
_Static_assert(GICD_IROUTER(1019) == 0x7fd8, "1020 double words");

#endif /* GICV3_REGS_H */
