/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks; not for interrupt handlers. */

#include "check.h"

#include <stddef.h>
#include <stdio.h>

static const char *current;	/* NULL: none, or it has failed and is printed */
static unsigned int done, failed;

void check_begin(const char *name)
{
	check_end();
	current = name;
	done++;
}

void check_end(void)
{
	if (current)
		printf("check %s: ok\n", current);
	current = NULL;
}

void check_skip(const char *name, const char *why)
{
	check_end();
	printf("check %s: skipped: %s\n", name, why);
}

static const char *base_of(const char *path)
{
	const char *base = path;

	for (; *path; path++) {
		if (*path == '/')
			base = path + 1;
	}
	return base;
}

bool check_that(bool is_so, const char *text, const char *file, int line)
{
	if (is_so || !current)
		return is_so;
	printf("check %s: FAILED: found it isn't so, wanted %s (%s:%d)\n",
	       current, text, base_of(file), line);
	current = NULL;
	failed++;
	return false;
}

bool check_equal(int64_t found, int64_t wanted, const char *text,
		 const char *file, int line)
{
	if (found == wanted || !current)
		return found == wanted;
	printf("check %s: FAILED: found %ld, wanted %ld (%s:%d: %s)\n",
	       current, found, wanted, base_of(file), line, text);
	current = NULL;
	failed++;
	return false;
}

int check_report(void)
{
	check_end();
	printf("checks: %u done, %u failed\n", done, failed);
	return failed != 0;
}
