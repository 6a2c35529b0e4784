/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The image's console, for output and input: the first one that a driver hands
 * over. Others are kept silent, and take over when it fails. What is written
 * before there is one is kept, as far as it fits.
 */
#ifndef UK_PLAT_CONSOLE_H
#define UK_PLAT_CONSOLE_H

#include <stddef.h>

/* Write bytes as they are. */
void uk_console_write(const char *text, size_t size);

/** @return the next byte, 0 to 255, or -EAGAIN when there is none */
int uk_console_getc(void);

#endif /* UK_PLAT_CONSOLE_H */
