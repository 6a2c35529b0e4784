/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int numbered_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match numbered_match[] = {
	{ .compatible = "acme,numbered" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_numbered;
const struct ukd_driver ukd_driver_numbered = {
	.name = "numbered",
	.class = (enum ukd_class)3,
	.match = numbered_match,
	.probe = numbered_probe,
};
