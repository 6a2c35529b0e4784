/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Output to the console; conversions as in <uk/format.h>. Lines end with '\n'
 * alone, here and on the wire.
 */
#ifndef STDIO_H
#define STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF	(-1)

__attribute__((format(printf, 1, 2)))
int printf(const char *restrict format, ...);
int vprintf(const char *restrict format, va_list arguments);

__attribute__((format(printf, 3, 4)))
int snprintf(char *restrict text, size_t size, const char *restrict format,
	     ...);
int vsnprintf(char *restrict text, size_t size, const char *restrict format,
	      va_list arguments);

int puts(const char *text);
int putchar(int byte);

#endif /* STDIO_H */
