/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int tableless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

extern const struct ukd_match tableless_match[];

extern const struct ukd_driver ukd_driver_tableless;
const struct ukd_driver ukd_driver_tableless = {
	.name = "tableless",
	.class = UKD_CLASS_RTC,
	.match = tableless_match,
	.probe = tableless_probe,
};
