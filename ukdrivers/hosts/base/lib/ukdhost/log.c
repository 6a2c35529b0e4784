/* SPDX-License-Identifier: BSD-3-Clause */
/* Log lines: "driver /path: text", or "ukdrivers: text" of the core itself. */

#include <ukd/log.h>

#include <string.h>
#include <uk/format.h>

/* A console gets a line in one piece, unless it is longer than this. */
#define LINE_SIZE	256

static void put_string(struct uk_sink *sink, const char *text)
{
	uk_put(sink, text, strlen(text));
}

void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...)
{
	char line[LINE_SIZE];
	struct uk_sink sink;
	va_list arguments;

	(void)level;	/* all are written; the text says how bad it is */

	uk_sink_console(&sink, line, sizeof(line));
	if (!dev) {
		put_string(&sink, "ukdrivers");
	} else {
		if (dev->driver) {
			put_string(&sink, dev->driver);
			uk_put(&sink, " ", 1);
		}
		put_string(&sink, dev->path);
	}
	uk_put(&sink, ": ", 2);
	va_start(arguments, format);
	uk_format(&sink, format, arguments);
	va_end(arguments);
	uk_put(&sink, "\n", 1);
	sink.flush(&sink);
}
