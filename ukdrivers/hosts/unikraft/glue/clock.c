/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The date, from a clock of the kit.
 *
 * The platform's ukplat_wall_clock() starts at 1970, and takes no date from
 * outside. The linker gives every library of the image this one in its place
 * (its option --wrap). The device is read once: the date then goes on with the
 * platform's monotonic clock, so it never jumps, whatever the device does.
 */

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/rtc.h>

#include <stdbool.h>
#include <uk/plat/time.h>

#define NS_PER_S	UINT64_C(1000000000)

/* Half of what fits, which is in the year 2262: the rest is for running on. */
#define SECONDS_END	(UINT64_MAX / 2 / NS_PER_S)

__nsec __real_ukplat_wall_clock(void);
__nsec __wrap_ukplat_wall_clock(void);

static bool is_set;
static __nsec start;	/* the date when the monotonic clock was 0 */

int ukd_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		void *self)
{
	uint64_t seconds;
	int rc;

	if (is_set)
		return -EBUSY;
	rc = ops->read(self, &seconds);
	if (rc) {
		ukd_err(dev, "the date can't be read (error %d)", rc);
		return rc;
	}
	if (seconds >= SECONDS_END) {
		ukd_err(dev, "%llu s since 1970 is no date",
			(unsigned long long)seconds);
		return -ERANGE;
	}

	start = seconds * NS_PER_S - ukplat_monotonic_clock();
	is_set = true;
	return 0;
}

__nsec __wrap_ukplat_wall_clock(void)
{
	return is_set ? start + ukplat_monotonic_clock()
		      : __real_ukplat_wall_clock();
}
