/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consoles as the platform's three functions for output and input.
 *
 * They start with the first output, which is earlier than any call the platform
 * makes for that, and with paging as soon as registers can be mapped. What was
 * written before is kept. Every console gets all output.
 */

#include "glue.h"

#include <ukd/console.h>
#include <ukd/errno.h>

#include <uk/plat/console.h>

#define CONSOLES_MAX	4
#define EARLY_SIZE	1024

static struct {
	const struct ukd_console_ops *ops;
	void *self;
} consoles[CONSOLES_MAX];

static unsigned int console_count;

static char early[EARLY_SIZE];
static unsigned int early_size;

/* Helpers */

static void write_all(const char *text, size_t size)
{
	unsigned int i;

	/* A console that fails has nowhere to say so; the others go on. */
	for (i = 0; size && i < console_count; i++)
		(void)consoles[i].ops->write(consoles[i].self, text, size);
}

/* Terminals want both ends of a line. */
static void write_lines(const char *text, size_t size)
{
	const char *end = text + size, *line = text;

	for (; text < end; text++) {
		if (*text != '\n')
			continue;
		write_all(line, (size_t)(text - line));
		write_all("\r\n", 2);
		line = text + 1;
	}
	write_all(line, (size_t)(end - line));
}

static void keep(const char *text, unsigned int size)
{
	while (size-- && early_size < EARLY_SIZE)
		early[early_size++] = *text++;
}

/* For the kit */

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	(void)dev;

	if (console_count == CONSOLES_MAX)
		return -ENOMEM;
	consoles[console_count].ops = ops;
	consoles[console_count].self = self;
	if (!console_count++)
		write_lines(early, early_size);
	return 0;
}

/* For the platform: of the kernel, for debugging, and input */

int ukplat_coutk(const char *text, unsigned int size)
{
	if (!console_count && ukd_host_can_map())
		ukd_host_probe(UKD_CLASS_CONSOLE);
	if (console_count)
		write_lines(text, size);
	else
		keep(text, size);
	return (int)size;
}

int ukplat_coutd(const char *text, unsigned int size)
{
	return ukplat_coutk(text, size);
}

int ukplat_cink(char *text, unsigned int size)
{
	unsigned int count = 0, i;

	for (i = 0; i < console_count; i++) {
		int byte;

		while (count < size &&
		       (byte = consoles[i].ops->getc(consoles[i].self)) >= 0)
			text[count++] = (char)byte;
	}
	return (int)count;
}
