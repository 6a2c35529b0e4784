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
#include <ukd/rtc.h>

#include <stdio.h>
#include <string.h>

uint32_t fake_pending;
bool chip_has_self = true;
long long fake_date;
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

/* Two consoles, each of which puts its name before what it is given */

static int console_write(void *self, const char *text, size_t size)
{
	printf("%s ", (const char *)self);
	print_escaped(text, size);
	putchar('\n');
	return 0;
}

static int console_getc(void *self)
{
	(void)self;
	return *fake_input ? *fake_input++ : -EAGAIN;
}

static int console_probe(const struct ukd_device *dev, const void *variant)
{
	static const struct ukd_console_ops ops = {
		.write = console_write,
		.getc = console_getc,
	};

	(void)variant;
	print_probe(dev);
	return ukd_console_add(dev, &ops, (void *)(uintptr_t)dev->driver);
}

static const struct ukd_match uart_match[] = {
	{ .compatible = "test,uart" },
	{ 0 }
};

const struct ukd_driver ukd_driver_uart = {
	.name = "uart",
	.class = UKD_CLASS_CONSOLE,
	.match = uart_match,
	.probe = console_probe,
};

static const struct ukd_match serial_match[] = {
	{ .compatible = "test,serial" },
	{ 0 }
};

const struct ukd_driver ukd_driver_serial = {
	.name = "serial",
	.class = UKD_CLASS_CONSOLE,
	.match = serial_match,
	.probe = console_probe,
};

/* A clock that says what `fake_date` is, unless that is negative */

static int clock_read(void *self, uint64_t *seconds)
{
	(void)self;
	if (fake_date < 0)
		return (int)fake_date;
	*seconds = (uint64_t)fake_date;
	return 0;
}

static int clock_probe(const struct ukd_device *dev, const void *variant)
{
	static const struct ukd_rtc_ops ops = { .read = clock_read };
	int first, second;

	(void)variant;
	first = ukd_rtc_add(dev, &ops, NULL);
	second = ukd_rtc_add(dev, &ops, NULL);
	printf("clock %d %d\n", first, second);
	return first;
}

static const struct ukd_match clock_match[] = {
	{ .compatible = "test,clock" },
	{ 0 }
};

const struct ukd_driver ukd_driver_clock = {
	.name = "clock",
	.class = UKD_CLASS_RTC,
	.match = clock_match,
	.probe = clock_probe,
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

static void chip_handle(void *context, void *self)
{
	if (chip_has_self)
		printf("chip self %s\n", (const char *)self);
	ukd_irq_dispatch(context, fake_pending);
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

	static char self[] = "its own";

	(void)variant;
	print_probe(dev);
	return ukd_irqchip_add(dev, &ops, chip_has_self ? self : NULL, 64);
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

/* A device with handlers that say by their names whether they claim */

static const struct ukd_device *device;

static bool device_serve(void *arg)
{
	const char *name = arg;

	printf("device %s\n", name);
	return !strchr(name, '-');
}

static char *const device_handlers[] = { "one", "two", "three-not", NULL };

static char *device_handler(const char *name)
{
	char *const *at = device_handlers;

	while (*at && strcmp(*at, name))
		at++;
	return *at;
}

void fake_attach(const char *name, unsigned int index)
{
	printf("attach %s %d\n", name,
	       ukd_irq_attach(device, index, device_serve,
			      device_handler(name)));
}

void fake_detach(const char *name)
{
	printf("detach %s %d\n", name,
	       ukd_irq_detach(device, 0, device_serve, device_handler(name)));
}

/* Of other devices: with another trigger, and with a number too high. */
void fake_attach_others(void)
{
	struct ukd_device level = *device, high = *device;

	level.irq[0].trigger = UKD_IRQ_LEVEL;
	high.irq[0].number = 1019;
	printf("attach others %d %d\n",
	       ukd_irq_attach(&level, 0, device_serve, NULL),
	       ukd_irq_attach(&high, 0, device_serve, NULL));
}

void fake_attach_until_full(void)
{
	int count = 0, rc;

	while (!(rc = ukd_irq_attach(device, 0, device_serve, "more")))
		count++;
	printf("attached %d %d\n", count, rc);
}

static int device_probe(const struct ukd_device *dev, const void *variant)
{
	(void)variant;
	print_probe(dev);
	device = dev;
	ukd_info(dev, "started");
	return 0;
}

static const struct ukd_match device_match[] = {
	{ .compatible = "test,device" },
	{ 0 }
};

const struct ukd_driver ukd_driver_device = {
	.name = "device",
	.class = UKD_CLASS_NET,
	.match = device_match,
	.probe = device_probe,
};
