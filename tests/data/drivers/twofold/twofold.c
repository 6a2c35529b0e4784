/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int twofold_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match twofold_match[] = {
	{ .compatible = "acme,twofold" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_twofold;
const struct ukd_driver ukd_driver_twofold = {
	.name = "twofold",
	.class = UKD_CLASS_RTC,
	.match = twofold_match,
	.probe = twofold_probe,
};

extern const struct ukd_driver ukd_driver_other;
const struct ukd_driver ukd_driver_other = {
	.name = "twofold",
	.class = UKD_CLASS_RTC,
	.match = twofold_match,
	.probe = twofold_probe,
};
