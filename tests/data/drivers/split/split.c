/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver in two files. */
#include <ukd/driver.h>

int split_helper(void);

static int split_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return split_helper();
}

static const struct ukd_match split_match[] = {
	{ .compatible = "acme,split" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_split;
const struct ukd_driver ukd_driver_split = {
	.name = "split",
	.class = UKD_CLASS_RTC,
	.match = split_match,
	.probe = split_probe,
};
