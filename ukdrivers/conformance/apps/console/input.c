/* SPDX-License-Identifier: BSD-3-Clause */
/* Input, byte after byte and many at once. */

#include "lines.h"

#include <stdio.h>
#include <ukd/errno.h>
#include <uk/plat/time.h>

#define BURST		4096U
#define PAUSE_EACH	100U
#define PAUSE_US	2000U
/* What any device keeps of what nobody has read: one byte. */
#define UNREAD_US	50000U

void check_no_input(void)
{
	unsigned int i;

	check_begin("no-input");
	for (i = 0; i < 1000; i++)
		WANT(lines[0].ops->getc(lines[0].self), -EAGAIN);
}

void check_typed(void)
{
	size_t i;

	check_begin("typed");
	for (i = 0; i < 256; i++) {
		printf("type %zu 1\n", i);
		if (!WANT(line_wait(&lines[0]), byte_at(i)))
			break;
	}
	WANT(lines[0].ops->getc(lines[0].self), -EAGAIN);
}

/* Far more than a FIFO holds, read with pauses. */
void check_burst(void)
{
	size_t i;

	check_begin("burst");
	printf("type 0 %u\n", BURST);
	for (i = 0; i < BURST; i++) {
		if (!WANT(line_wait(&lines[0]), byte_at(i)))
			break;
		if (i % PAUSE_EACH == 0)
			uk_sleep_us(PAUSE_US);
	}
	WANT(lines[0].ops->getc(lines[0].self), -EAGAIN);
}

/* It comes while nobody looks and is there when somebody does. */
void check_unread(void)
{
	size_t i;

	check_begin("unread");
	printf("type 100 8\n");
	uk_sleep_us(UNREAD_US);
	for (i = 100; i < 108; i++)
		WANT(line_wait(&lines[0]), byte_at(i));
}

/* Both ways at once: what comes is written before the next is asked for. */
void check_echo(void)
{
	size_t i;
	int byte, rc = 0;

	check_begin("echo");
	printf("type 0 %u\nraw echo\n", BURST);
	for (i = 0; i < BURST && !rc; i++) {
		unsigned char echoed;

		byte = line_wait(&lines[0]);
		if (byte < 0)
			break;
		echoed = (unsigned char)byte;
		rc = line_write(&lines[0], &echoed, 1);
	}
	printf("\nend echo\n");
	WANT(rc, 0);
}

/* Each has its own end: what is sent there comes back from there. */
static void check_other(const struct line *line)
{
	size_t i;

	for (i = 0; i < 256; i++) {
		unsigned char byte = byte_at(i);
		int rc = line_write(line, &byte, 1), found = line_wait(line);

		if (!rc && found == byte)
			continue;
		printf("\n");	/* it may have come by the first one */
		WANT(rc, 0);
		WANT(found, byte);
		return;
	}
	WANT(line->ops->getc(line->self), -EAGAIN);
}

void check_others(void)
{
	unsigned int i;

	printf("consoles: %u\n", line_count);
	if (line_count == 1) {
		check_skip("others", "there is one console");
		return;
	}
	check_begin("others");
	for (i = 1; i < line_count; i++)
		check_other(&lines[i]);
	WANT(lines[0].ops->getc(lines[0].self), -EAGAIN);
}
