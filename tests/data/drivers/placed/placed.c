/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>

static int placed_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match placed_match[] = {
	[0] = { .compatible = "acme,placed" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_placed;
const struct ukd_driver ukd_driver_placed = {
	.name = "placed",
	.class = UKD_CLASS_RTC,
	.match = placed_match,
	.probe = placed_probe,
};
