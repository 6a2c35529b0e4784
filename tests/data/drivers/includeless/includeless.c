/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>
#include "includeless_regs.h"

static int includeless_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match includeless_match[] = {
	{ .compatible = "acme,includeless" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_includeless;
const struct ukd_driver ukd_driver_includeless = {
	.name = "includeless",
	.class = UKD_CLASS_RTC,
	.match = includeless_match,
	.probe = includeless_probe,
};
