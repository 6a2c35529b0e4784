/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 16550: one port, access to its registers, and the sequences on them.
 *
 * Source: PC16550D Universal Asynchronous Receiver/Transmitter With FIFOs,
 *         Texas Instruments, SNLS378C ("datasheet").
 */
#ifndef NS16550_PORT_H
#define NS16550_PORT_H

#include "ns16550_regs.h"

#include <ukd/config.h>
#include <ukd/errno.h>
#include <ukd/mmio.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define NS16550_DRAIN_US	CONFIG_LIBUKDRIVER_NS16550_DRAIN_US

/* State */

struct ns16550 {
	uintptr_t base;		/* mapped start of the registers */
	uint8_t shift;		/* they are 1 << shift bytes apart */
	uint8_t width;		/* bytes of an access */
	uint8_t depth;		/* characters an empty transmitter takes */
	uint8_t errors;		/* of the next character, as seen in LSR */
};

/* Register access. Not inline: three widths each would be most of the code. */

static __attribute__((noinline))
uint32_t ns16550_read(const struct ns16550 *uart, unsigned int reg)
{
	size_t offset = (size_t)reg << uart->shift;

	switch (uart->width) {
	case 4:
		return ukd_mmio_read32(uart->base, offset) & UKD_MASK(7, 0);
	case 2:
		return ukd_mmio_read16(uart->base, offset) & UKD_MASK(7, 0);
	default:
		return ukd_mmio_read8(uart->base, offset);
	}
}

static __attribute__((noinline))
void ns16550_write(const struct ns16550 *uart, unsigned int reg, uint32_t value)
{
	size_t offset = (size_t)reg << uart->shift;

	switch (uart->width) {
	case 4:
		ukd_mmio_write32(uart->base, offset, value);
		break;
	case 2:
		ukd_mmio_write16(uart->base, offset, (uint16_t)value);
		break;
	default:
		ukd_mmio_write8(uart->base, offset, (uint8_t)value);
	}
}

/* LSR, whose error bits are kept: they are the next character's. */
static uint32_t ns16550_status(struct ns16550 *uart)
{
	uint32_t status = ns16550_read(uart, NS16550_LSR);

	uart->errors |= status & NS16550_LSR_ERRORS;
	return status;
}

/* Helpers */

/*
 * Wait until a flag of LSR is set. @return 0, or -ETIMEDOUT
 *
 * The flag is looked at after the clock: a CPU that was away for long in
 * between doesn't take a port for stuck that has long been free.
 */
static int ns16550_wait(struct ns16550 *uart, uint32_t flag)
{
	uint64_t deadline_us;
	bool is_late = false;

	if (ns16550_status(uart) & flag)
		return 0;

	deadline_us = ukd_now_us() + NS16550_DRAIN_US;
	while (!is_late) {
		is_late = ukd_now_us() > deadline_us;
		if (ns16550_status(uart) & flag)
			return 0;
	}
	return -ETIMEDOUT;
}

/* Hardware sequences */

static void ns16550_set_divisor(const struct ns16550 *uart, uint32_t divisor)
{
	ns16550_write(uart, NS16550_LCR, NS16550_LCR_8N1 | NS16550_LCR_DLAB);
	ns16550_write(uart, NS16550_DLL, divisor & UKD_MASK(7, 0));
	ns16550_write(uart, NS16550_DLM, divisor >> 8);
	ns16550_write(uart, NS16550_LCR, NS16550_LCR_8N1);
}

/*
 * Turn the FIFOs on, empty, where they work; IIR tells which device it is.
 *
 * @return how many characters an empty transmitter takes
 */
static uint8_t ns16550_start_fifos(const struct ns16550 *uart, uint8_t depth)
{
	uint32_t fifos;

	ns16550_write(uart, NS16550_FCR, 0);
	if (depth == 1)
		return 1;
	ns16550_write(uart, NS16550_FCR, NS16550_FCR_ENABLE |
					 NS16550_FCR_CLEAR_RX |
					 NS16550_FCR_CLEAR_TX);
	fifos = UKD_FIELD_GET(NS16550_IIR_FIFO,
			      ns16550_read(uart, NS16550_IIR));
	if (fifos == NS16550_IIR_FIFO_WORKS)
		return depth;
	ns16550_write(uart, NS16550_FCR, 0);
	return 1;
}

#endif /* NS16550_PORT_H */
