/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatted text to the console, and to memory. */

#include <stdio.h>
#include <string.h>
#include <uk/format.h>
#include <uk/plat/console.h>

/* A line of text, most times. */
#define BUFFER_SIZE	128

static void to_console(struct uk_sink *sink)
{
	size_t size = (size_t)(sink->at - sink->start);

	uk_console_write(sink->start, size);
	sink->total += size;
	sink->at = sink->start;
}

void uk_sink_console(struct uk_sink *sink, char *buffer, size_t size)
{
	*sink = (struct uk_sink){ .at = buffer, .end = buffer + size,
				  .start = buffer, .flush = to_console };
}

int vprintf(const char *restrict format, va_list arguments)
{
	char buffer[BUFFER_SIZE];
	struct uk_sink sink;

	uk_sink_console(&sink, buffer, sizeof(buffer));
	uk_format(&sink, format, arguments);
	sink.flush(&sink);
	return (int)sink.total;
}

int printf(const char *restrict format, ...)
{
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = vprintf(format, arguments);
	va_end(arguments);
	return written;
}

/* A sink for memory: what it was given first stays, the rest is dropped. */
struct memory {
	struct uk_sink sink;
	char *text_end;
	char dropped[16];
};

static void to_memory(struct uk_sink *sink)
{
	struct memory *memory = (struct memory *)sink;

	sink->total += (size_t)(sink->at - sink->start);
	if (sink->start != memory->dropped)
		memory->text_end = sink->at;
	sink->start = sink->at = memory->dropped;
	sink->end = sink->at + sizeof(memory->dropped);
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format,
	      va_list arguments)
{
	struct memory memory = {
		.sink = { .at = text, .start = text, .flush = to_memory,
			  .end = size ? text + size - 1 : text },
	};

	uk_format(&memory.sink, format, arguments);
	to_memory(&memory.sink);
	if (size)
		*memory.text_end = '\0';
	return (int)memory.sink.total;
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, size, format, arguments);
	va_end(arguments);
	return length;
}

int puts(const char *text)
{
	uk_console_write(text, strlen(text));
	uk_console_write("\n", 1);
	return 0;
}

int putchar(int byte)
{
	char character = (char)byte;

	uk_console_write(&character, 1);
	return (unsigned char)byte;
}
