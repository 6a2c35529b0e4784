/* SPDX-License-Identifier: BSD-3-Clause */
/* Output. Between "raw" and "end" nothing else is written. */

#include "lines.h"

#include <stdio.h>
#include <ukd/errno.h>
#include <uk/plat/time.h>

#define LONG_SIZE	65536U
#define SINGLE_SIZE	1000U
#define RECOVERY_US	200000U

static unsigned char bytes[LONG_SIZE];

static void fill(void)
{
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = byte_at(i);
}

/* An empty text is one, too. */
void check_nothing(void)
{
	int rc;

	check_begin("nothing");
	printf("raw nothing\n");
	rc = line_write(&lines[0], "", 0);
	printf("\nend nothing\n");
	WANT(rc, 0);
}

static void write_whole(const char *name, size_t size)
{
	int rc;

	fill();
	printf("raw %s\n", name);
	rc = line_write(&lines[0], bytes, size);
	printf("\nend %s\n", name);
	WANT(rc, 0);
}

void check_every_byte(void)
{
	check_begin("every-byte");
	write_whole("every-byte", 256);
}

void check_single_bytes(void)
{
	unsigned int i, refused = 0;

	check_begin("single-bytes");
	printf("raw single-bytes\n");
	for (i = 0; i < SINGLE_SIZE; i++)
		refused += line_write(&lines[0], &bytes[i], 1) != 0;
	printf("\nend single-bytes\n");
	WANT(refused, 0);
}

/* Around the depths that a FIFO may have, one after the other. */
void check_sizes(void)
{
	static const unsigned int sizes[] = {
		1, 2, 3, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 34, 47, 48, 49,
		63, 64, 65, 66, 127, 128, 129, 255, 256, 257, 1000,
	};
	unsigned int i, refused = 0;
	size_t at = 0;

	check_begin("sizes");
	printf("raw sizes\n");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		refused += line_write(&lines[0], &bytes[at], sizes[i]) != 0;
		at += sizes[i];
	}
	printf("\nend sizes\n");
	printf("size of sizes: %zu\n", at);
	WANT(refused, 0);
}

void check_long(void)
{
	check_begin("long");
	write_whole("long", LONG_SIZE);
}

/*
 * The other end takes nothing from its first byte to its second. A device that
 * waits for it in hardware is no fault; one that says so has lost the rest.
 */
void check_stalled(void)
{
	int rc;

	check_begin("stalled");
	fill();
	printf("stall\n");
	CHECK(line_wait(&lines[0]) >= 0);
	printf("raw stalled\n");
	rc = line_write(&lines[0], bytes, LONG_SIZE);
	CHECK(line_wait(&lines[0]) >= 0);
	uk_sleep_us(RECOVERY_US);
	printf("\nend stalled\nstalled: %d\n", rc);
	CHECK(!rc || rc == -ETIMEDOUT);
}
