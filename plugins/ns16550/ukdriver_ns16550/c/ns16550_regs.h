/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 16550 register map. Facts only: no state, no functions.
 *
 * Numbers of registers, not offsets: how far they are apart, and how wide an
 * access is, differs from board to board.
 *
 * Source: PC16550D Universal Asynchronous Receiver/Transmitter With FIFOs,
 *         Texas Instruments, SNLS378C ("datasheet").
 */
#ifndef NS16550_REGS_H
#define NS16550_REGS_H

#include <ukd/bits.h>

/* Receiver buffer (read) and transmitter holding (write). */
#define NS16550_RBR		0
#define NS16550_THR		0

/* Interrupt enable: 0 is none. Datasheet 8.6.6. */
#define NS16550_IER		1

/* Interrupt identification (read): also what FIFOs are on. Datasheet 8.6.5. */
#define NS16550_IIR		2
#define NS16550_IIR_FIFO	UKD_MASK(7, 6)
#define NS16550_IIR_FIFO_WORKS	3U	/* 0: off or none; 2: the first 16550's */

/* FIFO control (write). A change of bit 0 empties them. Datasheet 8.6.4. */
#define NS16550_FCR		2
#define NS16550_FCR_ENABLE	UKD_BIT(0)
#define NS16550_FCR_CLEAR_RX	UKD_BIT(1)
#define NS16550_FCR_CLEAR_TX	UKD_BIT(2)

/* Line control. Datasheet 8.6.2. */
#define NS16550_LCR		3
#define NS16550_LCR_8N1		UKD_MASK(1, 0)	/* no parity, one stop bit */
#define NS16550_LCR_DLAB	UKD_BIT(7)	/* 0 and 1 are the divisor */

/* Modem control. Without bit 4, the loopback. Datasheet 8.6.7. */
#define NS16550_MCR		4
#define NS16550_MCR_DTR		UKD_BIT(0)
#define NS16550_MCR_RTS		UKD_BIT(1)

/* Line status. A look at it clears the error bits. Datasheet 8.6.3. */
#define NS16550_LSR		5
#define NS16550_LSR_DR		UKD_BIT(0)	/* a character was received */
#define NS16550_LSR_PE		UKD_BIT(2)	/* parity */
#define NS16550_LSR_FE		UKD_BIT(3)	/* framing */
#define NS16550_LSR_BI		UKD_BIT(4)	/* break */
#define NS16550_LSR_THRE	UKD_BIT(5)	/* transmit FIFO empty */
#define NS16550_LSR_TEMT	UKD_BIT(6)	/* and nothing being shifted out */
#define NS16550_LSR_ERRORS	\
	(NS16550_LSR_PE | NS16550_LSR_FE | NS16550_LSR_BI)

#define NS16550_REGISTERS	8U

/*
 * Divisor latch, behind LCR.DLAB: the clock over 16 times the baud rate.
 * Datasheet 8.5.1.
 */
#define NS16550_DLL		0
#define NS16550_DLM		1
#define NS16550_CLOCKS_PER_BIT	16U
#define NS16550_DIVISOR_MAX	0xffffU

#define NS16550_FIFO_DEPTH	16U

_Static_assert(NS16550_LCR_8N1 == 0x03, "eight bits are 3 in bits 1:0");
_Static_assert(NS16550_LSR_ERRORS == 0x1c, "bits 4:2");
_Static_assert(NS16550_LSR < NS16550_REGISTERS, "all in the region");

#endif /* NS16550_REGS_H */
