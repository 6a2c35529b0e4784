/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int unbalanced_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0
}

static const struct ukd_match unbalanced_match[] = {
	{ .compatible = "acme,unbalanced" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_unbalanced;
const struct ukd_driver ukd_driver_unbalanced = {
	.name = "unbalanced",
	.class = UKD_CLASS_RTC,
	.match = unbalanced_match,
	.probe = unbalanced_probe,
};
