/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kit in one Linux process: time, log, and what a driver hands over.
 *
 * Supports:   one driver at a time, in one thread.
 * Leaves out: rings.
 */

#include "fake.h"

#include <ukd/core.h>
#include <ukd/errno.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Time */

#define LOOKS_MAX	10000000U

static uint64_t time_us;
static unsigned int look_count;
uint64_t fake_step_us;

uint64_t ukd_now_us(void)
{
	if (++look_count == LOOKS_MAX) {
		fprintf(stderr, "sim: a wait without end; a look at the clock\n");
		abort();
	}
	time_us += fake_step_us;
	return time_us;
}

uint64_t ukd_ticks(void)
{
	return ukd_now_us();
}

uint32_t ukd_ticks_hz(void)
{
	return 1000000;
}

uint64_t fake_time_us(void)
{
	return time_us;
}

/* Log */

static char log_text[16384];
static size_t log_size;
unsigned int fake_log_count;

static void put_log(const char *format, va_list args)
{
	size_t left = sizeof(log_text) - log_size;
	int size = vsnprintf(log_text + log_size, left, format, args);

	if (size < 0 || (size_t)size >= left) {
		fprintf(stderr, "sim: log full\n");
		abort();
	}
	log_size += (size_t)size;
}

static __attribute__((format(printf, 1, 2)))
void put_log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_log(format, args);
	va_end(args);
}

void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...)
{
	static const char *const names[] = { "err", "warn", "info" };
	va_list args;

	put_log_line("%s: ", names[level]);
	if (dev)
		put_log_line("%s: ", dev->path);
	va_start(args, format);
	put_log(format, args);
	va_end(args);
	put_log_line("\n");
	fake_log_count++;
}

bool fake_logged(const char *text)
{
	return strstr(log_text, text) != NULL;
}

const char *fake_log(void)
{
	return log_text;
}

/* What a driver hands over */

const struct ukd_console_ops *fake_console;
const struct ukd_irqchip_ops *fake_irqchip;
const struct ukd_timer_ops *fake_timer;
const struct ukd_power_ops *fake_power;
const struct ukd_rtc_ops *fake_rtc;
void *fake_self;
uint32_t fake_irq_limit;
int fake_add_rc;

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	(void)dev;
	if (fake_add_rc)
		return fake_add_rc;
	fake_console = ops;
	fake_self = self;
	return 0;
}

int ukd_irqchip_add(const struct ukd_device *dev,
		    const struct ukd_irqchip_ops *ops, void *self,
		    uint32_t limit)
{
	(void)dev;
	if (fake_irqchip || fake_add_rc)
		return fake_add_rc ? fake_add_rc : -EBUSY;
	fake_irqchip = ops;
	fake_self = self;
	fake_irq_limit = limit;
	return 0;
}

int ukd_timer_add(const struct ukd_device *dev, const struct ukd_timer_ops *ops,
		  void *self)
{
	(void)dev;
	if (fake_timer || fake_add_rc)
		return fake_add_rc ? fake_add_rc : -EBUSY;
	fake_timer = ops;
	fake_self = self;
	return 0;
}

int ukd_power_add(const struct ukd_device *dev, const struct ukd_power_ops *ops,
		  void *self)
{
	(void)dev;
	if (fake_power || fake_add_rc)
		return fake_add_rc ? fake_add_rc : -EBUSY;
	fake_power = ops;
	fake_self = self;
	return 0;
}

int ukd_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		void *self)
{
	(void)dev;
	if (fake_rtc || fake_add_rc)
		return fake_add_rc ? fake_add_rc : -EBUSY;
	fake_rtc = ops;
	fake_self = self;
	return 0;
}

/* Properties: one node's */

#define PROPERTIES_MAX	8

static struct {
	const char *name;
	const void *bytes;
	size_t size;
} properties[PROPERTIES_MAX];

static unsigned int property_count;

void fake_property(const char *name, const void *bytes, size_t size)
{
	if (property_count == PROPERTIES_MAX) {
		fprintf(stderr, "sim: no room for property %s\n", name);
		abort();
	}
	properties[property_count].name = name;
	properties[property_count].bytes = bytes;
	properties[property_count].size = size;
	property_count++;
}

/* Weak, as ukd_region(): linked with the driver core, its own one counts. */
__attribute__((weak))
const void *ukd_property(const struct ukd_device *dev, const char *name,
			 size_t *size)
{
	unsigned int i;

	if (!dev->node)
		return NULL;
	for (i = 0; i < property_count; i++) {
		if (strcmp(properties[i].name, name))
			continue;
		if (size)
			*size = properties[i].size;
		return properties[i].bytes;
	}
	return NULL;
}

/* Entries of `reg`: one node's */

static const struct ukd_region *reg_entries;
static unsigned int reg_count;

void fake_reg(const struct ukd_region *reg, unsigned int count)
{
	reg_entries = reg;
	reg_count = count;
}

__attribute__((weak))
int ukd_region(const struct ukd_device *dev, unsigned int index,
	       struct ukd_region *region)
{
	if (!dev->node || index >= reg_count)
		return -ENODEV;
	*region = reg_entries[index];
	return 0;
}

/* Registers: a region's address is that of the fake already */

int ukd_map(struct ukd_region *region)
{
	(void)region;
	return 0;
}

/* Interrupts */

void (*fake_on_irq)(uint32_t number);
unsigned int fake_irq_count;
void *const fake_context = &fake_irq_count;
unsigned int fake_expired_count;

int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq)
{
	if (!fake_irqchip)
		return -ENODEV;
	return fake_irqchip->translate(fake_self, cell, count, irq);
}

void ukd_irq_dispatch(void *context, uint32_t number)
{
	CHECK(context == fake_context);
	fake_event('d');
	fake_irq_count++;
	if (fake_on_irq)
		fake_on_irq(number);
}

void ukd_timer_expired(void)
{
	fake_expired_count++;
}

/* Start again */

void fake_reset_host(void)
{
	time_us = 0;
	look_count = 0;
	fake_step_us = 1;
	log_text[0] = '\0';
	log_size = 0;
	fake_log_count = 0;
	property_count = 0;
	reg_count = 0;
	fake_console = NULL;
	fake_irqchip = NULL;
	fake_timer = NULL;
	fake_power = NULL;
	fake_rtc = NULL;
	fake_self = NULL;
	fake_irq_limit = 0;
	fake_add_rc = 0;
	fake_on_irq = NULL;
	fake_irq_count = 0;
	fake_expired_count = 0;
	fake_reset_held();
}
