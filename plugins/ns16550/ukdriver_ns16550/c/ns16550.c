/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 16550 UART as a polled console, in the device tree or on a PCI bus.
 *
 * Source:     PC16550D Universal Asynchronous Receiver/Transmitter With FIFOs,
 *             Texas Instruments, SNLS378C ("datasheet"); binding
 *             serial/8250.yaml; Devicetree Specification v0.4; PCI Bus Binding
 *             to IEEE Std 1275-1994, revision 2.1 (class 070002 is a serial
 *             port compatible with the 16550).
 * Supports:   transmit and receive by polling, 8 data bits, no parity, with
 *             or without FIFOs; registers 1, 2 or 4 bytes wide; the baud rate
 *             where the tree gives clock and speed.
 * Leaves out: interrupts, DMA, flow control, FIFOs deeper than 16, variants
 *             with rules of their own (snps,dw-apb-uart ignores LCR while it
 *             is busy).
 * Assumes:    the region is mapped Device-nGnRE or stronger, so that accesses
 *             arrive in program order and no barrier is needed; callers
 *             serialise.
 */

#include "ns16550_port.h"

#include <ukd/config.h>
#include <ukd/console.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define NS16550_PORTS_MAX	4U
#define NS16550_SHIFT_MAX	4U

/* State */

struct ns16550_variant {
	uint8_t depth;		/* of the FIFOs, at most; 1: don't use them */
	uint16_t divisor;	/* when the tree doesn't say; 0: keep it */
};

static struct ns16550 ns16550_ports[NS16550_PORTS_MAX];
static unsigned int ns16550_port_count;

/* Helpers */

/* One cell of the node, or `otherwise` when absent or of another size. */
static __attribute__((noinline))
uint32_t ns16550_cell(const struct ukd_device *dev, const char *name,
		      uint32_t otherwise)
{
	size_t size;
	const uint32_t *cell = ukd_property(dev, name, &size);

	return cell && size == sizeof(*cell) ? ukd_be32(*cell) : otherwise;
}

/*
 * Where the registers are. @return 0, or -EINVAL: said
 *
 * Source: binding serial/8250.yaml; Devicetree Specification v0.4, 4.2.2.
 */
static int ns16550_place(const struct ukd_device *dev, struct ns16550 *uart)
{
	uint32_t shift = ns16550_cell(dev, "reg-shift", 0);
	uint32_t width = ns16550_cell(dev, "reg-io-width", 1);
	uint32_t offset = ns16550_cell(dev, "reg-offset", 0);
	uint64_t size = dev->region_count ? dev->region[0].size : 0;

	if (shift > NS16550_SHIFT_MAX) {
		ukd_err(dev, "reg-shift: is %u, want at most %u", shift,
			NS16550_SHIFT_MAX);
		return -EINVAL;
	}
	if ((width != 1 && width != 2 && width != 4) || width > 1U << shift) {
		ukd_err(dev, "reg-io-width: is %u, want 1, 2 or 4, and not over the step of %u bytes",
			width, 1U << shift);
		return -EINVAL;
	}
	if (size < offset || size - offset < NS16550_REGISTERS << shift) {
		ukd_err(dev, "registers: want %#x bytes from %#x on, have %#lx",
			NS16550_REGISTERS << shift, offset,
			(unsigned long)size);
		return -EINVAL;
	}

	uart->base = dev->region[0].base + offset;
	if (uart->base % width) {
		ukd_err(dev, "reg-offset: is %#x, want registers aligned to %u bytes",
			offset, width);
		return -EINVAL;
	}
	uart->shift = (uint8_t)shift;
	uart->width = (uint8_t)width;
	return 0;
}

/* The divisor to be set; 0: none, the port keeps the one it has. */
static uint32_t ns16550_divisor(const struct ukd_device *dev,
				const struct ns16550_variant *variant)
{
	uint64_t clock_hz = ns16550_cell(dev, "clock-frequency", 0);
	uint64_t baud = ns16550_cell(dev, "current-speed", 0);
	uint64_t per_bit = baud * NS16550_CLOCKS_PER_BIT, divisor;

	if (!clock_hz || !baud)
		return variant->divisor;

	divisor = (clock_hz + per_bit / 2) / per_bit;
	if (!divisor || divisor > NS16550_DIVISOR_MAX) {
		ukd_warn(dev, "current-speed: %u can't be made from %u Hz; left as it is",
			 (unsigned int)baud, (unsigned int)clock_hz);
		return 0;
	}
	return (uint32_t)divisor;
}

/* Hardware sequences */

/**
 * Bring the port to a known state, once it has nothing left to send.
 *
 * LCR first: DLAB hides IER. It also tells that there is a device, which has no
 * number to be read: of what is written here anyway, it is what reads back.
 *
 * @return 0, or a negative errno: said
 *
 * Source: datasheet 8.6.2, 8.6.3, 8.6.6.
 */
static int ns16550_start(const struct ukd_device *dev, struct ns16550 *uart,
			 const struct ns16550_variant *variant)
{
	uint32_t divisor = ns16550_divisor(dev, variant), line;
	int rc = ns16550_wait(uart, NS16550_LSR_TEMT);

	if (rc) {
		ukd_err(dev, "LSR.TEMT still 0 after %u us", NS16550_DRAIN_US);
		return rc;
	}

	ns16550_write(uart, NS16550_LCR, NS16550_LCR_8N1);
	line = ns16550_read(uart, NS16550_LCR);
	if (line != NS16550_LCR_8N1) {
		ukd_err(dev, "LCR: is %#x, was set to %#x", line,
			NS16550_LCR_8N1);
		return -EIO;
	}
	ns16550_write(uart, NS16550_IER, 0);
	if (divisor)
		ns16550_set_divisor(uart, divisor);
	uart->depth = ns16550_start_fifos(uart, variant->depth);
	ns16550_write(uart, NS16550_MCR, NS16550_MCR_DTR | NS16550_MCR_RTS);
	uart->errors = 0;
	return 0;
}

/* Class operations */

/* An empty FIFO takes its whole depth without a further look at LSR. */
static int ns16550_write_text(void *self, const char *text, size_t size)
{
	struct ns16550 *uart = self;

	while (size) {
		size_t count = size < uart->depth ? size : uart->depth;
		int rc = ns16550_wait(uart, NS16550_LSR_THRE);

		if (rc)
			return rc;
		for (size -= count; count; count--)
			ns16550_write(uart, NS16550_THR,
				      (unsigned char)*text++);
	}
	return 0;
}

/* A character with an error is dropped; an overrun lost others, not this. */
static int ns16550_getc(void *self)
{
	struct ns16550 *uart = self;
	uint32_t data;
	bool is_bad;

	if (!(ns16550_status(uart) & NS16550_LSR_DR))
		return -EAGAIN;

	is_bad = uart->errors;
	uart->errors = 0;
	data = ns16550_read(uart, NS16550_RBR);
	return is_bad ? -EAGAIN : (int)data;
}

static const struct ukd_console_ops ns16550_ops = {
	.write = ns16550_write_text,
	.getc = ns16550_getc,
};

/* Probe */

static int ns16550_probe(const struct ukd_device *dev, const void *variant)
{
	struct ns16550 *uart = &ns16550_ports[ns16550_port_count];
	int rc;

	if (ns16550_port_count == NS16550_PORTS_MAX) {
		ukd_err(dev, "left out, %u ports are in use already",
			NS16550_PORTS_MAX);
		return -ENOMEM;
	}
	rc = ns16550_place(dev, uart);
	if (rc)
		return rc;

	/* never in a device: nothing answers there */
	if (ns16550_read(uart, NS16550_LSR) == UKD_MASK(7, 0))
		return -ENODEV;

	rc = ns16550_start(dev, uart, variant);
	if (rc)
		return rc;
	rc = ukd_console_add(dev, &ns16550_ops, uart);
	if (!rc)
		ns16550_port_count++;
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ns16550_variant ns16550_with_fifo = {
	.depth = NS16550_FIFO_DEPTH,
};

/* The binding: a 16550 without the "a" is one whose FIFO is broken. */
static const struct ns16550_variant ns16550_without_fifo = {
	.depth = 1,
};

static const struct ns16550_variant ns16550_on_pci = {
	.depth = NS16550_FIFO_DEPTH,
	.divisor = CONFIG_LIBUKDRIVER_NS16550_PCI_DIVISOR,
};

static const struct ukd_match ns16550_match[] = {
	{ .compatible = "ns16550a", .variant = &ns16550_with_fifo },
	{ .compatible = "ns16550", .variant = &ns16550_without_fifo },
	{ .compatible = "ns16450", .variant = &ns16550_without_fifo },
	{ .compatible = "ns8250", .variant = &ns16550_without_fifo },
	{ .compatible = "pciclass,070002", .variant = &ns16550_on_pci },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_ns16550;
const struct ukd_driver ukd_driver_ns16550 = {
	.name = "ns16550",
	.class = UKD_CLASS_CONSOLE,
	.match = ns16550_match,
	.probe = ns16550_probe,
};
