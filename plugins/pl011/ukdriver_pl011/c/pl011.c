/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL011 UART as a polled console.
 *
 * Source:     PrimeCell UART (PL011) Technical Reference Manual, r1p5,
 *             DDI 0183G ("TRM"); binding serial/pl011.yaml.
 * Supports:   transmit and receive by polling, 8 data bits, no parity; any
 *             number of ports.
 * Leaves out: interrupts, DMA, flow control, setting the baud rate: the
 *             divisors stay as firmware left them.
 * Assumes:    the region is mapped Device-nGnRE or stronger, so that accesses
 *             arrive in program order and no barrier is needed; callers
 *             serialise.
 */

#include "pl011_regs.h"

#include <ukd/config.h>
#include <ukd/console.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define PL011_DRAIN_US	CONFIG_LIBUKDRIVER_PL011_DRAIN_US

/*
 * State: none but where the registers are. A port's `self` is that address, so
 * there is no table of ports to run out of.
 */

static inline void *pl011_self(uintptr_t base)
{
	return (void *)base;
}

static inline uintptr_t pl011_base(void *self)
{
	return (uintptr_t)self;
}

/* Register access */

static inline uint32_t pl011_read(uintptr_t base, size_t reg)
{
	return ukd_mmio_read32(base, reg);
}

static inline void pl011_write(uintptr_t base, size_t reg, uint32_t value)
{
	ukd_mmio_write32(base, reg, value);
}

/* Helpers */

/*
 * Wait until a flag of FR clears. @return 0, or -ETIMEDOUT
 *
 * The flag is looked at after the clock: a CPU that was away for long in
 * between doesn't take a port for stuck that has long been free.
 */
static int pl011_wait_clear(uintptr_t base, uint32_t flag)
{
	uint64_t deadline_us;
	bool is_late = false;

	if (!(pl011_read(base, PL011_FR) & flag))
		return 0;

	deadline_us = ukd_now_us() + PL011_DRAIN_US;
	while (!is_late) {
		is_late = ukd_now_us() > deadline_us;
		if (!(pl011_read(base, PL011_FR) & flag))
			return 0;
	}
	return -ETIMEDOUT;
}

/* TRM 3.3.15. The revision and the configuration don't matter here. */
static bool pl011_is_identified(uintptr_t base)
{
	uint32_t id1 = pl011_read(base, PL011_PERIPHID1);

	return (pl011_read(base, PL011_PERIPHID0) & UKD_MASK(7, 0)) ==
		       PL011_PERIPHID0_VALUE &&
	       (id1 & (PL011_PERIPHID1_PART | PL011_PERIPHID1_DESIGNER)) ==
		       PL011_PERIPHID1_VALUE;
}

/* Hardware sequences */

/**
 * Bring the port to a known state, keeping the baud rate firmware chose.
 *
 * LCR_H changes only while the UART is off, and it goes off only when it has
 * nothing left to send: its FIFO would not survive otherwise. FEN = 0 flushes.
 *
 * @return 0, or -ETIMEDOUT when the transmitter never goes idle
 *
 * Source: TRM 3.3.7, 3.3.8.
 */
static int pl011_start(uintptr_t base)
{
	uint32_t lines = pl011_read(base, PL011_CR) &
			 (PL011_CR_DTR | PL011_CR_RTS);
	int rc = pl011_wait_clear(base, PL011_FR_BUSY);

	if (rc)
		return rc;

	pl011_write(base, PL011_CR, lines);
	pl011_write(base, PL011_LCR_H, 0);
	pl011_write(base, PL011_IMSC, 0);
	pl011_write(base, PL011_ICR, PL011_ICR_ALL);
	pl011_write(base, PL011_DMACR, 0);
	pl011_write(base, PL011_LCR_H,
		    PL011_LCR_H_FEN | UKD_FIELD_PUT(PL011_LCR_H_WLEN, 3));
	pl011_write(base, PL011_CR, lines | PL011_CR_UARTEN | PL011_CR_TXE |
				    PL011_CR_RXE);
	return 0;
}

/* Class operations */

/*
 * An empty FIFO takes its whole depth without a further look at FR, which is
 * what costs most: under a hypervisor each access leaves the guest.
 */
static int pl011_write_text(void *self, const char *text, size_t size)
{
	const uintptr_t base = pl011_base(self);
	const char *end = text + size;

	while (text < end) {
		const char *stop = text + 1;
		uint32_t flags = pl011_read(base, PL011_FR);

		if (flags & PL011_FR_TXFE) {
			stop = (size_t)(end - text) < PL011_FIFO_DEPTH
			       ? end : text + PL011_FIFO_DEPTH;
		} else if (flags & PL011_FR_TXFF) {
			int rc = pl011_wait_clear(base, PL011_FR_TXFF);

			if (rc)
				return rc;
		}
		while (text < stop)
			pl011_write(base, PL011_DR, (unsigned char)*text++);
	}
	return 0;
}

/* A character with an error is dropped; an overrun lost others, not this. */
static int pl011_getc(void *self)
{
	const uintptr_t base = pl011_base(self);
	uint32_t data;

	if (pl011_read(base, PL011_FR) & PL011_FR_RXFE)
		return -EAGAIN;

	data = pl011_read(base, PL011_DR);
	if (data & (PL011_DR_FE | PL011_DR_PE | PL011_DR_BE))
		return -EAGAIN;
	return (int)UKD_FIELD_GET(PL011_DR_DATA, data);
}

static const struct ukd_console_ops pl011_ops = {
	.write = pl011_write_text,
	.getc = pl011_getc,
};

/* Probe */

static int pl011_probe(const struct ukd_device *dev, const void *variant)
{
	uintptr_t base = dev->region[0].base;
	int rc;

	(void)variant;	/* one layout only; see pl011_match */

	if (dev->region_count < 1 || dev->region[0].size < PL011_REGION_SIZE) {
		ukd_err(dev, "reg: want one region of at least %#x bytes",
			PL011_REGION_SIZE);
		return -EINVAL;
	}

	if (!pl011_is_identified(base))
		return -ENODEV;

	rc = pl011_start(base);
	if (rc) {
		ukd_err(dev, "FR.BUSY still set after %u us", PL011_DRAIN_US);
		return rc;
	}

	return ukd_console_add(dev, &pl011_ops, pl011_self(base));
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match pl011_match[] = {
	{ .compatible = "arm,pl011" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_pl011;
const struct ukd_driver ukd_driver_pl011 = {
	.name = "pl011",
	.class = UKD_CLASS_CONSOLE,
	.match = pl011_match,
	.probe = pl011_probe,
};
