/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the image. */

#include <ukd/errno.h>
#include <ukd/power.h>

#include <stdio.h>
#include <uk/arch/irq.h>
#include <uk/plat/power.h>

static const struct ukd_power_ops *power;
static void *power_self;

int ukd_power_add(const struct ukd_device *dev, const struct ukd_power_ops *ops,
		  void *self)
{
	(void)dev;

	if (power)
		return -EBUSY;
	power = ops;
	power_self = self;
	return 0;
}

static _Noreturn void stop(void)
{
	uk_irqs_off();
	for (;;)
		uk_wait();
}

void uk_power_cut(void)
{
	if (power)
		power->off(power_self);
	stop();
}

static _Noreturn void end(void (*off_or_reset)(void *self))
{
	uk_irqs_off();
	if (off_or_reset)
		off_or_reset(power_self);
	printf("ukdrivers: %s; waiting for ever\n",
	       power ? "the firmware refused" : "no power driver");
	stop();
}

void uk_power_off(void)
{
	puts("ukdrivers: power off");
	end(power ? power->off : NULL);
}

void uk_power_reset(void)
{
	puts("ukdrivers: reset");
	end(power ? power->reset : NULL);
}

void uk_halt(const char *reason, ...)
{
	va_list arguments;

	printf("ukdrivers: halted: ");
	va_start(arguments, reason);
	vprintf(reason, arguments);
	va_end(arguments);
	putchar('\n');
	end(power ? power->off : NULL);
}
