/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL011 register map. Facts only: no state, no functions.
 *
 * Source: PrimeCell UART (PL011) Technical Reference Manual, r1p5,
 *         DDI 0183G ("TRM"), chapter 3.
 */
#ifndef PL011_REGS_H
#define PL011_REGS_H

#include <ukd/bits.h>

/* Data. TRM 3.3.1. The error bits belong to the character read with them. */
#define PL011_DR		0x000
#define PL011_DR_DATA		UKD_MASK(7, 0)
#define PL011_DR_FE		UKD_BIT(8)	/* framing */
#define PL011_DR_PE		UKD_BIT(9)	/* parity */
#define PL011_DR_BE		UKD_BIT(10)	/* break */

/* Flags, read-only. TRM 3.3.3. */
#define PL011_FR		0x018
#define PL011_FR_BUSY		UKD_BIT(3)	/* still shifting out */
#define PL011_FR_RXFE		UKD_BIT(4)	/* receive FIFO empty */
#define PL011_FR_TXFF		UKD_BIT(5)	/* transmit FIFO full */
#define PL011_FR_TXFE		UKD_BIT(7)	/* transmit FIFO empty */

/* Line control. TRM 3.3.7. A write latches the baud divisors. */
#define PL011_LCR_H		0x02c
#define PL011_LCR_H_FEN		UKD_BIT(4)	/* FIFOs on */
#define PL011_LCR_H_WLEN	UKD_MASK(6, 5)	/* 3: eight data bits */

/* Control. TRM 3.3.8. */
#define PL011_CR		0x030
#define PL011_CR_UARTEN		UKD_BIT(0)
#define PL011_CR_TXE		UKD_BIT(8)
#define PL011_CR_RXE		UKD_BIT(9)
#define PL011_CR_DTR		UKD_BIT(10)
#define PL011_CR_RTS		UKD_BIT(11)

/* Interrupt mask (0: masked) and clear. TRM 3.3.10, 3.3.13. */
#define PL011_IMSC		0x038
#define PL011_ICR		0x044
#define PL011_ICR_ALL		UKD_MASK(10, 0)

/* DMA control: 0 is off. TRM 3.3.14. */
#define PL011_DMACR		0x048

/* Identification, a byte a register, 32-bit accesses only. TRM 3.3.15. */
#define PL011_PERIPHID0		0xfe0
#define PL011_PERIPHID1		0xfe4
#define PL011_PERIPHID0_VALUE	0x11		/* part number 7:0 */
#define PL011_PERIPHID1_PART	UKD_MASK(3, 0)	/* part number 11:8: 0 */
#define PL011_PERIPHID1_DESIGNER UKD_MASK(7, 4)	/* 0x41 3:0 */
#define PL011_PERIPHID1_VALUE	0x10

#define PL011_REGION_SIZE	0x1000

/* The smaller of the depths there are: 16, and 32 since r1p5. */
#define PL011_FIFO_DEPTH	16U

_Static_assert(PL011_LCR_H_WLEN == 0x60, "WLEN is bits 6:5");
_Static_assert(PL011_ICR_ALL == 0x7ff, "eleven interrupt sources");
_Static_assert(PL011_PERIPHID1 < PL011_REGION_SIZE, "all in the region");

#endif /* PL011_REGS_H */
