/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int misnamed_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match misnamed_match[] = {
	{ .compatible = "acme,misnamed" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_misnomer;
const struct ukd_driver ukd_driver_misnomer = {
	.name = "misnamed",
	.class = UKD_CLASS_RTC,
	.match = misnamed_match,
	.probe = misnamed_probe,
};
