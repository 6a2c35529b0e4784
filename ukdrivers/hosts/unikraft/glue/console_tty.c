/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A console as the platform's three functions for output and input.
 *
 * It starts with the first output, which is earlier than any call the platform
 * makes for that, and with paging as soon as registers can be mapped. What was
 * written before is kept. Of several consoles the first that starts is the one,
 * and that is the one stdout-path names, if there is.
 */

#include "glue.h"

#include <ukd/console.h>
#include <ukd/errno.h>
#include <ukd/log.h>

#include <uk/plat/console.h>

#define EARLY_SIZE	1024

static struct {
	const struct ukd_device *dev;	/* NULL: none yet */
	const struct ukd_console_ops *ops;
	void *self;
} console;

static char early[EARLY_SIZE];
static unsigned int early_size;

/* Helpers */

/* A console that fails has nowhere to say so. */
static void write_text(const char *text, size_t size)
{
	if (size)
		(void)console.ops->write(console.self, text, size);
}

/* Terminals want both ends of a line. */
static void write_lines(const char *text, size_t size)
{
	const char *end = text + size, *line = text;

	for (; text < end; text++) {
		if (*text != '\n')
			continue;
		write_text(line, (size_t)(text - line));
		write_text("\r\n", 2);
		line = text + 1;
	}
	write_text(line, (size_t)(end - line));
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
	if (console.dev) {
		ukd_info(dev, "silent: %s speaks", console.dev->path);
		return 0;
	}
	console.dev = dev;
	console.ops = ops;
	console.self = self;
	write_lines(early, early_size);
	return 0;
}

/* For the platform: of the kernel, for debugging, and input */

int ukplat_coutk(const char *text, unsigned int size)
{
	if (!console.dev && ukd_host_can_map())
		ukd_host_probe(UKD_CLASS_CONSOLE);
	if (console.dev)
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
	unsigned int count = 0;
	int byte;

	if (!console.dev)
		return 0;
	while (count < size && (byte = console.ops->getc(console.self)) >= 0)
		text[count++] = (char)byte;
	return (int)count;
}
