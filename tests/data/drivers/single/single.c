/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int single_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match single_match = { "acme,single", NULL };

extern const struct ukd_driver ukd_driver_single;
const struct ukd_driver ukd_driver_single = {
	.name = "single",
	.class = UKD_CLASS_RTC,
	.match = &single_match,
	.probe = single_probe,
};
