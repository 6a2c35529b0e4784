/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv2 register map. Facts only: no state, no functions.
 *
 * Registers that hold a field for each interrupt are given by the interrupt's
 * INTID: the word with its bit, or the byte that is its own.
 *
 * Source: ARM Generic Interrupt Controller Architecture version 2.0,
 *         Architecture Specification, IHI 0048B.b ("GICv2").
 */
#ifndef GICV2_REGS_H
#define GICV2_REGS_H

#include <ukd/bits.h>

/* Interrupt identifiers. GICv2 2.2.1. */
#define GICV2_PPI_FIRST		16U
#define GICV2_SPI_FIRST		32U
#define GICV2_INTID_END		1020U	/* 1020 to 1023 are no interrupts */

/* Distributor. GICv2 4.1.2. */

/* GICv2 4.3.1. Bit 0 lets group 0 through; Non-secure, where grouped, 1. */
#define GICD_CTLR		0x000
#define GICD_CTLR_ENABLE	UKD_BIT(0)

/* GICv2 4.3.2. */
#define GICD_TYPER		0x004
#define GICD_TYPER_ITLINESNUMBER UKD_MASK(4, 0)	/* 32 * (N + 1) INTIDs */

/* One bit an interrupt: byte offset of the word. GICv2 4.3.4 to 4.3.10. */
#define GICD_WORD(intid)	((intid) / 32 * 4)
#define GICD_BIT(intid)		UKD_BIT((intid) % 32)

#define GICD_IGROUPR(intid)	(0x080 + GICD_WORD(intid))
#define GICD_ISENABLER(intid)	(0x100 + GICD_WORD(intid))
#define GICD_ICENABLER(intid)	(0x180 + GICD_WORD(intid))
#define GICD_ICPENDR(intid)	(0x280 + GICD_WORD(intid))
#define GICD_ICACTIVER(intid)	(0x380 + GICD_WORD(intid))

/* One byte an interrupt, also four at a time. GICv2 4.3.11, 4.3.12. */
#define GICD_IPRIORITYR(intid)	(0x400 + (intid))
#define GICD_ITARGETSR(intid)	(0x800 + (intid))

/* Two bits an interrupt, of which the upper says edge. GICv2 4.3.13. */
#define GICD_ICFGR(intid)	(0xc00 + (intid) / 16 * 4)
#define GICD_ICFGR_EDGE(intid)	UKD_BIT((intid) % 16 * 2 + 1)

/* GICv2 4.3.15. */
#define GICD_SGIR		0xf00
#define GICD_SGIR_SGIINTID	UKD_MASK(3, 0)
#define GICD_SGIR_TARGETLISTFILTER UKD_MASK(25, 24)	/* 2: this CPU */

#define GICD_SIZE		0x1000

/* CPU interface. GICv2 4.1.3. */

/* GICv2 4.4.1. Bits 8:5 say what becomes of signals while it is off. */
#define GICC_CTLR		0x000
#define GICC_CTLR_ENABLE	UKD_BIT(0)
#define GICC_CTLR_BYPASS	UKD_MASK(8, 5)

#define GICC_PMR		0x004	/* GICv2 4.4.2 */
#define GICC_PMR_ALL		0xff
#define GICC_BPR		0x008	/* GICv2 4.4.3 */

/* GICv2 4.4.4. EOIR takes back the whole value. GICv2 4.4.5. */
#define GICC_IAR		0x00c
#define GICC_IAR_INTID		UKD_MASK(9, 0)
#define GICC_EOIR		0x010

/* GICv2 4.4.14. */
#define GICC_IIDR		0x0fc
#define GICC_IIDR_ARCHITECTURE	UKD_MASK(19, 16)
#define GICC_IIDR_GICV2		2U

#define GICC_SIZE		0x100	/* as far as it is used here */

_Static_assert(GICD_ICENABLER(1019) == 0x1fc, "32 words");
_Static_assert(GICD_ICFGR(1019) == 0xcfc, "64 words");
_Static_assert(GICD_IPRIORITYR(1019) < 0x800, "1020 bytes");
_Static_assert(GICC_IAR_INTID == 0x3ff, "ten bits");

#endif /* GICV2_REGS_H */
