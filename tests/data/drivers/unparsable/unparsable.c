/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static const int unparsable_depth[] = { [0 ... 3] = 16 };

static int unparsable_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return unparsable_depth[0];
}

static const struct ukd_match unparsable_match[] = {
	{ .compatible = "acme,unparsable" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_unparsable;
const struct ukd_driver ukd_driver_unparsable = {
	.name = "unparsable",
	.class = UKD_CLASS_RTC,
	.match = unparsable_match,
	.probe = unparsable_probe,
};
