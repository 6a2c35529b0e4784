/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int objectless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match objectless_match[] = {
	{ .compatible = "acme,objectless" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_objectless;
const void *const objectless_used[] = { objectless_match, objectless_probe };
