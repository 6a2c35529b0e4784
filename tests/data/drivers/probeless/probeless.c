/* SPDX-License-Identifier: BSD-3-Clause */
#include <ukd/driver.h>


static const struct ukd_match probeless_match[] = {
	{ .compatible = "acme,probeless" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_probeless;
const struct ukd_driver ukd_driver_probeless = {
	.name = "probeless",
	.class = UKD_CLASS_RTC,
	.match = probeless_match,
};
