/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the thread tests share. */
#ifndef APPTHREADS_H
#define APPTHREADS_H

#include <stdbool.h>

void check(bool is_true, const char *expression);

#define CHECK(expression) check(expression, #expression)

extern const char *name;	/* of what is being checked */

/* A hundred threads that sleep for random times. */
void sleepers_wake_on_time_and_in_order(void);

#endif /* APPTHREADS_H */
