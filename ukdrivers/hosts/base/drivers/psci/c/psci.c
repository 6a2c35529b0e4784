/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Power off and reset by PSCI.
 *
 * Source:     "Arm Power State Coordination Interface, Platform Design
 *             Document", version 1.3, DEN 0022F.b ("PSCI"); the binding
 *             arm/psci.yaml of Linux.
 * Supports:   PSCI 0.2 and later, called by hvc or smc.
 * Leaves out: CPUs, idle states; PSCI 0.1, whose function numbers come from
 *             the tree and which has no power off.
 * Assumes:    nothing of the hardware.
 */

#include <uk/arch/smccc.h>

#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/power.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Function numbers. PSCI 5.1.9, 5.1.11. */
#define PSCI_SYSTEM_OFF		0x84000008U
#define PSCI_SYSTEM_RESET	0x84000009U

/* State */

struct psci {
	bool is_hvc;
};

static struct psci psci;

/* Firmware calls. PSCI 3.4. */

static void psci_call(const struct psci *firmware, uint32_t function)
{
	if (firmware->is_hvc)
		(void)uk_hvc(function);
	else
		(void)uk_smc(function);
}

/* Class operations: a call that returns was refused. */

static void psci_off(void *self)
{
	psci_call(self, PSCI_SYSTEM_OFF);
}

static void psci_reset(void *self)
{
	psci_call(self, PSCI_SYSTEM_RESET);
}

static const struct ukd_power_ops psci_ops = {
	.off = psci_off,
	.reset = psci_reset,
};

/* Probe */

/* Whether a property is one string, and that one. */
static bool psci_is(const char *property, size_t size, const char *string)
{
	return property && size == strlen(string) + 1 &&
	       !memcmp(property, string, size);
}

static int psci_probe(const struct ukd_device *dev, const void *variant)
{
	const bool *has_numbers = variant;
	size_t size = 0;
	const char *method;

	if (!*has_numbers) {
		ukd_err(dev, "PSCI 0.1, wanted 0.2 or later");
		return -ENOTSUP;
	}

	method = ukd_property(dev, "method", &size);
	if (!psci_is(method, size, "hvc") && !psci_is(method, size, "smc")) {
		ukd_err(dev, "method: neither hvc nor smc");
		return -EINVAL;
	}
	psci.is_hvc = method[0] == 'h';

	return ukd_power_add(dev, &psci_ops, &psci);
}

/* Match table and driver object */

/* Whether function numbers are the ones above. */
static const bool psci_from_0_2 = true;
static const bool psci_0_1 = false;

static const struct ukd_match psci_match[] = {
	{ .compatible = "arm,psci-1.0", .variant = &psci_from_0_2 },
	{ .compatible = "arm,psci-0.2", .variant = &psci_from_0_2 },
	{ .compatible = "arm,psci", .variant = &psci_0_1 },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_psci;
const struct ukd_driver ukd_driver_psci = {
	.name = "psci",
	.class = UKD_CLASS_POWER,
	.match = psci_match,
	.probe = psci_probe,
};
