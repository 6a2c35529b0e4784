/* SPDX-License-Identifier: BSD-3-Clause */
/* Matches nothing. */
#include <ukd/driver.h>

static int bare_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match bare_match[] = { { NULL } };

extern const struct ukd_driver ukd_driver_bare;
const struct ukd_driver ukd_driver_bare = {
	.name = "bare",
	.class = UKD_CLASS_RTC,
	.match = bare_match,
	.probe = bare_probe,
};
