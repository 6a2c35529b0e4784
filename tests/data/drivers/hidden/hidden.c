/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int hidden_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match hidden_match[] = {
	{ .compatible = "acme,hidden" },
	{ 0 }
};

static const struct ukd_driver ukd_driver_hidden = {
	.name = "hidden",
	.class = UKD_CLASS_RTC,
	.match = hidden_match,
	.probe = hidden_probe,
};
