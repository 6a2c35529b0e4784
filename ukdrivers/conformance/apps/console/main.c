/* SPDX-License-Identifier: BSD-3-Clause */
/* Consoles, by the class's operations; what they say is compared outside. */

#include "lines.h"

#include <stdio.h>
#include <ukd/errno.h>
#include <ukd/time.h>

struct line lines[LINES_MAX];
unsigned int line_count;

/* The host's own, under another name; see Makefile.uk. */
int host_console_add(const struct ukd_device *dev,
		     const struct ukd_console_ops *ops, void *self);

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	int rc = host_console_add(dev, ops, self);

	if (!rc && line_count < LINES_MAX)
		lines[line_count++] = (struct line){ ops, self, dev->path };
	return rc;
}

int line_write(const struct line *line, const void *text, size_t size)
{
	return line->ops->write(line->self, text, size);
}

int line_wait(const struct line *line)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	int byte;

	do
		byte = line->ops->getc(line->self);
	while (byte == -EAGAIN && ukd_now_us() < end);
	return byte;
}

int main(void)
{
	if (!line_count)
		return 1;
	check_nothing();
	check_every_byte();
	check_single_bytes();
	check_sizes();
	check_long();
	check_no_input();
	check_typed();
	check_burst();
	check_unread();
	check_echo();
	check_stalled();
	check_others();
	return check_report();
}
