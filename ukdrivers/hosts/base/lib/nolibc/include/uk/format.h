/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Formatted text, for whatever takes bytes.
 *
 * Conversions %s %c %d %i %u %x %p %%; flags # 0 -, a width or *, a precision
 * for %s, and l ll z. Anything else is copied as it stands.
 */
#ifndef UK_FORMAT_H
#define UK_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Where text goes. A full buffer is handed on and filled again. */
struct uk_sink {
	char *at;		/* next byte to be written */
	char *end;
	size_t total;		/* bytes handed on or dropped so far */
	/** Take the bytes up to `at` and make room: set `at` and `end`. */
	void (*flush)(struct uk_sink *sink);
	char *start;
};

/** Append bytes. */
void uk_put(struct uk_sink *sink, const char *text, size_t size);

/** Append formatted text. */
void uk_format(struct uk_sink *sink, const char *format, va_list arguments);

/** A sink whose bytes go to the console; flush it at the end. */
void uk_sink_console(struct uk_sink *sink, char *buffer, size_t size);

#endif /* UK_FORMAT_H */
