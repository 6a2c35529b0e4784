/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the checks share: consoles, and what is said to the other end of the
 * first one, which
 *
 *   raw NAME, then bytes, then end NAME	compares the bytes
 *   type FROM COUNT	sends so many, from there on
 *   stall		sends a byte, takes nothing for a while, sends another
 *
 * The others' ends send back what they get. Bytes are those of byte_at().
 */
#ifndef LINES_H
#define LINES_H

#include "../common/check.h"

#include <stddef.h>
#include <stdint.h>
#include <ukd/console.h>

#define LINES_MAX	4U
#define PATIENCE_US	UINT64_C(10000000)

struct line {
	const struct ukd_console_ops *ops;
	void *self;
	const char *path;
};

extern struct line lines[LINES_MAX];
extern unsigned int line_count;

/* The byte at a place of what is sent, either way. All values, in any 256. */
static inline unsigned char byte_at(size_t place)
{
	return (unsigned char)(place + (place >> 8) * 31);
}

int line_write(const struct line *line, const void *text, size_t size);

/** @return the next byte, or -EAGAIN: none came for long */
int line_wait(const struct line *line);

/* output.c */
void check_nothing(void);
void check_every_byte(void);
void check_single_bytes(void);
void check_sizes(void);
void check_long(void);
void check_stalled(void);

/* input.c */
void check_no_input(void);
void check_typed(void);
void check_burst(void);
void check_unread(void);
void check_echo(void);
void check_others(void);

#endif /* LINES_H */
