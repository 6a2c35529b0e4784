/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks, and what came of them, a line each:
 *
 *   check NAME: ok
 *   check NAME: FAILED: found 3, wanted 4 (rings.c:12: taken)
 *   check NAME: skipped: WHY
 *   checks: N done, M failed
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

/** Begin a check, and end the one before. It is fine until something isn't. */
void check_begin(const char *name);

/** End the check, and print what came of it. */
void check_end(void);

/** There is nothing to check, for that reason; instead of begin and end. */
void check_skip(const char *name, const char *why);

/** End it all. @return for main(): whether any check failed */
int check_report(void);

/* The first of these that isn't so is what the check failed of. */
#define CHECK(expression) \
	check_that(expression, #expression, __FILE__, __LINE__)
#define WANT(found, wanted) \
	check_equal((int64_t)(found), (int64_t)(wanted), #found, __FILE__, __LINE__)

bool check_that(bool is_so, const char *text, const char *file, int line);
bool check_equal(int64_t found, int64_t wanted, const char *text,
		 const char *file, int line);

#endif /* CHECK_H */
