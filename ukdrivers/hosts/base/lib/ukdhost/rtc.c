/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The date: read from the clock device once, and counted on by the counter.
 *
 * A device has whole seconds, so what is counted can be up to one late, and a
 * later reading can only bring it forward. It never goes back.
 */

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/rtc.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <uk/plat/time.h>

#define US_PER_S	UINT64_C(1000000)

/* The year 10000 is as far away as a date is worth being believed. */
#define SECONDS_END	UINT64_C(253402300800)

static const struct ukd_rtc_ops *rtc;
static void *rtc_self;
static const struct ukd_device *rtc_device;

static bool is_set;		/* there was a usable date */
static uint64_t last_seconds;	/* as the device said */
static uint64_t start_us;	/* date at which the counter was 0 */

/* Read the device; says why when it can't be used. */
static int read(uint64_t *seconds)
{
	int rc = rtc->read(rtc_self, seconds);

	if (rc) {
		ukd_err(rtc_device, "the date can't be read (error %d)", rc);
		return rc;
	}
	if (*seconds >= SECONDS_END) {
		ukd_err(rtc_device, "%lu s since 1970 is no date", *seconds);
		return -ERANGE;
	}
	return 0;
}

/* Take a reading, unless the date is further already. */
static void take(uint64_t seconds)
{
	uint64_t us = seconds * US_PER_S, now_us = ukd_now_us();

	if (!is_set || us > start_us + now_us)
		start_us = us - now_us;	/* may wrap: it is only added to */
	last_seconds = seconds;
	is_set = true;
}

int ukd_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		void *self)
{
	uint64_t seconds;

	if (rtc)
		return -EBUSY;
	rtc = ops;
	rtc_self = self;
	rtc_device = dev;
	/* One that has no date yet may have one when it is read again. */
	if (!read(&seconds))
		take(seconds);
	return 0;
}

int uk_time_of_day_us(uint64_t *us)
{
	if (!is_set)
		return -ENODEV;
	*us = start_us + ukd_now_us();
	return 0;
}

int uk_time_of_day_update(void)
{
	uint64_t seconds;
	int rc;

	if (!rtc)
		return -ENODEV;
	rc = read(&seconds);
	if (rc)
		return rc;
	if (is_set && seconds < last_seconds)
		ukd_err(rtc_device, "went back from %lu s since 1970 to %lu; the date goes on",
			last_seconds, seconds);
	take(seconds);
	return 0;
}
