/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consoles, and what is written before there is one.
 *
 * Every console gets all output: which of a machine's ports has the terminal
 * isn't known here, and a message in two places beats one in the wrong place.
 */

#include <ukd/console.h>
#include <ukd/errno.h>

#include <string.h>
#include <uk/config.h>
#include <uk/plat/console.h>

#define CONSOLES_MAX	4

/* What is kept begins with the first byte written; what doesn't fit is lost. */
#define EARLY_SIZE	CONFIG_LIBUKDHOST_EARLY_LOG_SIZE

static struct {
	const struct ukd_console_ops *ops;
	void *self;
} consoles[CONSOLES_MAX];

static unsigned int console_count;

static char early[EARLY_SIZE + 1];
static size_t early_size;

void uk_console_write(const char *text, size_t size)
{
	unsigned int i;

	if (!console_count) {
		if (size > EARLY_SIZE - early_size)
			size = EARLY_SIZE - early_size;
		memcpy(early + early_size, text, size);
		early_size += size;
		return;
	}

	/* A console that fails has nowhere to say so; the others go on. */
	for (i = 0; i < console_count; i++)
		(void)consoles[i].ops->write(consoles[i].self, text, size);
}

int uk_console_getc(void)
{
	unsigned int i;

	for (i = 0; i < console_count; i++) {
		int byte = consoles[i].ops->getc(consoles[i].self);

		if (byte >= 0)
			return byte;
	}
	return -EAGAIN;
}

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	(void)dev;

	if (console_count == CONSOLES_MAX)
		return -ENOMEM;
	consoles[console_count].ops = ops;
	consoles[console_count].self = self;
	console_count++;
	return ops->write(self, early, early_size);
}
