/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL031 real-time clock.
 *
 * Source:     ARM PrimeCell Real Time Clock (PL031) Technical Reference
 *             Manual, r1p3, DDI 0224C ("TRM"); binding rtc/arm,pl031.yaml.
 * Supports:   reading and setting the time, starting a clock that stands
 *             still; 32 bits of seconds, so until 2106.
 * Leaves out: the alarm and its interrupt, which stays masked.
 * Assumes:    the region is mapped Device-nGnRE or stronger, so that accesses
 *             arrive in program order and no barrier is needed; callers
 *             serialise. That the device counts from 1970 is a convention, not
 *             the TRM's; whether its time is right isn't for the driver to
 *             judge.
 */

#include "pl031_regs.h"

#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/rtc.h>
#include <ukd/time.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define PL031_START_US	10000U

/* Register access. A clock's `self` is the address of its registers. */

static inline void *pl031_self(uintptr_t base)
{
	return (void *)base;
}

static inline uintptr_t pl031_base(void *self)
{
	return (uintptr_t)self;
}

static inline uint32_t pl031_read(uintptr_t base, size_t reg)
{
	return ukd_mmio_read32(base, reg);
}

static inline void pl031_write(uintptr_t base, size_t reg, uint32_t value)
{
	ukd_mmio_write32(base, reg, value);
}

/* Helpers */

/* TRM 3.4. The revision and the configuration don't matter here. */
static bool pl031_is_identified(uintptr_t base)
{
	return (pl031_read(base, PL031_PERIPHID0) & UKD_MASK(7, 0)) ==
		       PL031_PERIPHID0_VALUE &&
	       (pl031_read(base, PL031_PERIPHID1) & UKD_MASK(7, 0)) ==
		       PL031_PERIPHID1_VALUE;
}

/* Hardware sequences */

/**
 * Keep the alarm in and let the clock run.
 *
 * @return 0, or -ETIMEDOUT when it still stands after PL031_START_US
 *
 * Source: TRM 3.3.4. A running clock isn't written: its time is to stay.
 */
static int pl031_start(uintptr_t base)
{
	uint64_t deadline_us;
	bool is_late = false;

	pl031_write(base, PL031_IMSC, 0);
	pl031_write(base, PL031_ICR, PL031_ICR_CLEAR);
	if (pl031_read(base, PL031_CR) & PL031_CR_START)
		return 0;

	pl031_write(base, PL031_CR, PL031_CR_START);
	deadline_us = ukd_now_us() + PL031_START_US;
	while (!is_late) {
		is_late = ukd_now_us() > deadline_us;
		if (pl031_read(base, PL031_CR) & PL031_CR_START)
			return 0;
	}
	return -ETIMEDOUT;
}

/* Class operations */

/* One look is enough: the device synchronises it with the counter. TRM 2.1. */
static int pl031_read_time(void *self, uint64_t *seconds)
{
	*seconds = pl031_read(pl031_base(self), PL031_DR);
	return 0;
}

/* A hypervisor's clock may not let itself be set: LR shows it at once. */
static int pl031_set_time(void *self, uint64_t seconds)
{
	const uintptr_t base = pl031_base(self);

	if (seconds > UINT32_MAX)
		return -ERANGE;
	pl031_write(base, PL031_LR, (uint32_t)seconds);
	return pl031_read(base, PL031_LR) == seconds ? 0 : -EIO;
}

static const struct ukd_rtc_ops pl031_ops = {
	.read = pl031_read_time,
	.set = pl031_set_time,
};

/* Probe */

static int pl031_probe(const struct ukd_device *dev, const void *variant)
{
	uintptr_t base = dev->region[0].base;
	int rc;

	(void)variant;	/* one layout only; see pl031_match */

	if (dev->region_count < 1 || dev->region[0].size < PL031_REGION_SIZE) {
		ukd_err(dev, "reg: want one region of at least %#x bytes",
			PL031_REGION_SIZE);
		return -EINVAL;
	}

	if (!pl031_is_identified(base))
		return -ENODEV;

	rc = pl031_start(base);
	if (rc) {
		ukd_err(dev, "RTCCR.start still 0 after %u us", PL031_START_US);
		return rc;
	}

	rc = ukd_rtc_add(dev, &pl031_ops, pl031_self(base));
	if (rc)
		ukd_info(dev, "left out, the image has a clock already");
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match pl031_match[] = {
	{ .compatible = "arm,pl031" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_pl031;
const struct ukd_driver ukd_driver_pl031 = {
	.name = "pl031",
	.class = UKD_CLASS_RTC,
	.match = pl031_match,
	.probe = pl031_probe,
};
