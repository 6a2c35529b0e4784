/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static const char computed_string[] = "acme,computed";

static int computed_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match computed_match[] = {
	{ .compatible = computed_string },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_computed;
const struct ukd_driver ukd_driver_computed = {
	.name = "computed",
	.class = UKD_CLASS_RTC,
	.match = computed_match,
	.probe = computed_probe,
};
