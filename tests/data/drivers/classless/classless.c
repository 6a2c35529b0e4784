/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int classless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match classless_match[] = {
	{ .compatible = "acme,classless" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_classless;
const struct ukd_driver ukd_driver_classless = {
	.name = "classless",
	.match = classless_match,
	.probe = classless_probe,
};
