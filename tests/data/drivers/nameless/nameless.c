/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int nameless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match nameless_match[] = {
	{ .compatible = "acme,nameless" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_nameless;
const struct ukd_driver ukd_driver_nameless = {
	.name = &nameless_match[0].compatible[5],
	.class = UKD_CLASS_RTC,
	.match = nameless_match,
	.probe = nameless_probe,
};
