/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL031 register map. Facts only: no state, no functions.
 *
 * Source: ARM PrimeCell Real Time Clock (PL031) Technical Reference Manual,
 *         r1p3, DDI 0224C ("TRM"), chapter 3.
 */
#ifndef PL031_REGS_H
#define PL031_REGS_H

#include <ukd/bits.h>

/* Data, read-only: the time, one step a second. TRM 3.3.1. */
#define PL031_DR		0x000

/* Load: what is written here is the time from now on. TRM 3.3.3. */
#define PL031_LR		0x008

/* Control. TRM 3.3.4. */
#define PL031_CR		0x00c
#define PL031_CR_START		UKD_BIT(0)

/* The alarm's interrupt: mask (0: masked) and clear. TRM 3.3.5, 3.3.8. */
#define PL031_IMSC		0x010
#define PL031_ICR		0x01c
#define PL031_ICR_CLEAR		UKD_BIT(0)

/* Identification, a byte a register. TRM 3.4. */
#define PL031_PERIPHID0		0xfe0
#define PL031_PERIPHID1		0xfe4
#define PL031_PERIPHID0_VALUE	0x31		/* part number 7:0 */
#define PL031_PERIPHID1_PART	UKD_MASK(3, 0)	/* part number 11:8: 0 */
#define PL031_PERIPHID1_DESIGNER UKD_MASK(7, 4)	/* 0x41 3:0 */
#define PL031_PERIPHID1_VALUE	0x10

#define PL031_REGION_SIZE	0x1000

_Static_assert((PL031_PERIPHID1_PART | PL031_PERIPHID1_DESIGNER) == 0xff,
	       "PeriphID1 holds a part's and a designer's half");
_Static_assert(PL031_PERIPHID1 < PL031_REGION_SIZE, "all in the region");

#endif /* PL031_REGS_H */
