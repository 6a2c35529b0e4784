/* SPDX-License-Identifier: BSD-3-Clause */
/* Fake drivers that print what is done with them. */

#include "glue_test.h"

#include <ukd/bits.h>
#include <ukd/console.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

#include <stdio.h>

uint32_t fake_pending;
const char *fake_input = "";

void print_escaped(const char *text, size_t size)
{
	for (; size; text++, size--) {
		if (*text == '\n')
			printf("\\n");
		else if (*text == '\r')
			printf("\\r");
		else
			putchar(*text);
	}
}

static void print_probe(const struct ukd_device *dev)
{
	printf("probe %s %s %#lx irqs %u\n", dev->driver, dev->path,
	       (unsigned long)dev->region[0].base, dev->irq_count);
}

/* A console */

static int uart_write(void *self, const char *text, size_t size)
{
	(void)self;
	printf("uart ");
	print_escaped(text, size);
	putchar('\n');
	return 0;
}

static int uart_getc(void *self)
{
	(void)self;
	return *fake_input ? *fake_input++ : -EAGAIN;
}

static int uart_probe(const struct ukd_device *dev, const void *variant)
{
	static const struct ukd_console_ops ops = {
		.write = uart_write,
		.getc = uart_getc,
	};

	(void)variant;
	print_probe(dev);
	return ukd_console_add(dev, &ops, NULL);
}

static const struct ukd_match uart_match[] = {
	{ .compatible = "test,uart" },
	{ 0 }
};

const struct ukd_driver ukd_driver_uart = {
	.name = "uart",
	.class = UKD_CLASS_CONSOLE,
	.match = uart_match,
	.probe = uart_probe,
};

/* An interrupt controller of 64 numbers */

static int chip_translate(void *self, const uint32_t *cell, unsigned int count,
			  struct ukd_irq *irq)
{
	(void)self;
	if (count != 3)
		return -EINVAL;
	irq->number = ukd_be32(cell[1]) + 32;
	irq->trigger = ukd_be32(cell[2]) == 1 ? UKD_IRQ_EDGE : UKD_IRQ_LEVEL;
	return irq->number < 64 ? 0 : -ERANGE;
}

static int chip_set_trigger(void *self, uint32_t number,
			    enum ukd_irq_trigger trigger)
{
	(void)self;
	printf("chip %u %s\n", number, trigger == UKD_IRQ_EDGE ? "edge" : "level");
	return number < 64 ? 0 : -ERANGE;
}

static int chip_mask(void *self, uint32_t number)
{
	(void)self;
	printf("chip mask %u\n", number);
	return 0;
}

static int chip_unmask(void *self, uint32_t number)
{
	(void)self;
	printf("chip unmask %u\n", number);
	return 0;
}

static void chip_handle(void *self)
{
	(void)self;
	ukd_irq_dispatch(fake_pending);
}

static int chip_probe(const struct ukd_device *dev, const void *variant)
{
	static const struct ukd_irqchip_ops ops = {
		.translate = chip_translate,
		.set_trigger = chip_set_trigger,
		.mask = chip_mask,
		.unmask = chip_unmask,
		.handle = chip_handle,
	};

	(void)variant;
	print_probe(dev);
	return ukd_irqchip_add(dev, &ops, NULL, 64);
}

static const struct ukd_match chip_match[] = {
	{ .compatible = "test,chip" },
	{ 0 }
};

const struct ukd_driver ukd_driver_chip = {
	.name = "chip",
	.class = UKD_CLASS_IRQCHIP,
	.match = chip_match,
	.probe = chip_probe,
};

/* A device that takes its interrupt, twice, and once more after it let go */

static void device_serve(void *arg)
{
	printf("device %s\n", (const char *)arg);
}

static int device_probe(const struct ukd_device *dev, const void *variant)
{
	static char text[] = "served";
	struct ukd_irq high = { .number = 1019 };
	int first, second, third;

	(void)variant;
	print_probe(dev);
	if (!dev->irq_count)
		return -EINVAL;
	first = ukd_irq_attach(&dev->irq[0], device_serve, text);
	second = ukd_irq_attach(&dev->irq[0], device_serve, text);
	third = ukd_irq_attach(&high, device_serve, text);
	printf("attach %d %d %d\n", first, second, third);
	first = ukd_irq_detach(&dev->irq[0]);
	second = ukd_irq_detach(&dev->irq[0]);
	third = ukd_irq_attach(&dev->irq[0], device_serve, text);
	printf("detach %d %d attach %d\n", first, second, third);
	ukd_info(dev, "started");
	return 0;
}

static const struct ukd_match device_match[] = {
	{ .compatible = "test,device" },
	{ 0 }
};

const struct ukd_driver ukd_driver_device = {
	.name = "device",
	.class = UKD_CLASS_RTC,
	.match = device_match,
	.probe = device_probe,
};
