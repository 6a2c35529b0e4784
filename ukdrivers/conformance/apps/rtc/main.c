/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A clock, and the host's date that is made of it. Much of its time is slept
 * away: on a machine whose time goes on by itself that takes a day.
 */

#include "clock.h"

#include <stdio.h>
#include <uk/plat/time.h>

struct clock clock;

/* The host's own, under another name; see Makefile.uk. */
int host_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		 void *self);

int ukd_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		void *self)
{
	int rc = host_rtc_add(dev, ops, self);

	if (!rc) {
		clock.ops = ops;
		clock.self = self;
		clock.count++;
	}
	return rc;
}

uint64_t clock_read(void)
{
	uint64_t seconds = 0;

	WANT(clock.ops->read(clock.self, &seconds), 0);
	return seconds;
}

int main(void)
{
	if (clock.ops && !check_handed_over())
		return check_report();
	show_dates();
	if (!clock.ops)
		return 0;
	check_steady();
	check_second();
	check_day();
	check_set();
	check_keeps();
	check_2038();
	check_range();
	check_host();
	return check_report();
}
