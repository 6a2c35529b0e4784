/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int endless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match endless_match[] = {
	{ .compatible = "acme,endless" },
};

extern const struct ukd_driver ukd_driver_endless;
const struct ukd_driver ukd_driver_endless = {
	.name = "endless",
	.class = UKD_CLASS_RTC,
	.match = endless_match,
	.probe = endless_probe,
};
