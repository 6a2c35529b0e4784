/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kit's log, and what this host keeps in its own hands.
 *
 * Leaves out: timers and power control, which are the platform's.
 */

#include "glue.h"

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/power.h>
#include <ukd/timer.h>

#include <stdarg.h>
#include <uk/print.h>

/* Log */

_Static_assert(KLVL_WARN == KLVL_ERR + UKD_WARN &&
	       KLVL_INFO == KLVL_ERR + UKD_INFO, "the same steps");

void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...)
{
	int own = KLVL_ERR + (int)level;
	va_list arguments;

	/* First, because a console that starts logs, amid this line. */
	if (ukd_host_can_map())
		ukd_host_probe(UKD_CLASS_CONSOLE);

	if (dev)
		uk_printk(own, "%s %s: ", dev->driver, dev->path);
	else
		uk_printk(own, "ukdrivers: ");
	va_start(arguments, format);
	uk_vprintk(own, format, arguments);
	va_end(arguments);
	uk_printk(own, "\n");
}

/* What the platform has */

int ukd_timer_add(const struct ukd_device *dev, const struct ukd_timer_ops *ops,
		  void *self)
{
	(void)dev;
	(void)ops;
	(void)self;
	return -EBUSY;
}

void ukd_timer_expired(void)
{
}

int ukd_power_add(const struct ukd_device *dev, const struct ukd_power_ops *ops,
		  void *self)
{
	(void)dev;
	(void)ops;
	(void)self;
	return -EBUSY;
}
