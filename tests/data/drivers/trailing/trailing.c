/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int trailing_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match trailing_match[] = {
	{ .compatible = "acme,trailing" },
	{ 0 },
	{ .compatible = "acme,unreached" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_trailing;
const struct ukd_driver ukd_driver_trailing = {
	.name = "trailing",
	.class = UKD_CLASS_RTC,
	.match = trailing_match,
	.probe = trailing_probe,
};
