/* SPDX-License-Identifier: BSD-3-Clause */
/* Initialisers without names, and the other two ends of a table. */
#include <ukd/driver.h>

static int positional_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const int positional_variant;

static const struct ukd_match positional_match[4] = {
	{ "acme,one", &positional_variant },
	{ "acme" "," "two" },
	{ .variant = NULL, .compatible = "acme,\x74hree" },
};

const struct ukd_driver ukd_driver_positional = {
	"positional", .class = UKD_CLASS_PCI_HOST, &positional_match[0], positional_probe
};
