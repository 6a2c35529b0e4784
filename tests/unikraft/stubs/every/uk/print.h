/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_PRINT_H
#define STUB_PRINT_H

#include <stdarg.h>

#define KLVL_INFO	3
#define KLVL_WARN	2
#define KLVL_ERR	1

void uk_printk(int level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void uk_vprintk(int level, const char *format, va_list arguments);

#endif /* STUB_PRINT_H */
