/* SPDX-License-Identifier: BSD-3-Clause */
/* Class rtc: the date, kept while the machine is off. */
#ifndef UKD_RTC_H
#define UKD_RTC_H

#include <ukd/driver.h>

/* Times are in seconds since 1970-01-01T00:00:00Z. */
struct ukd_rtc_ops {
	/** @return 0, or a negative errno: `seconds` isn't set then */
	int (*read)(void *self, uint64_t *seconds);
	/** @return 0, -ERANGE for a time that the device can't hold */
	int (*set)(void *self, uint64_t seconds);
};

/** Hand a started clock to the host. @return 0, or -EBUSY: it has one */
int ukd_rtc_add(const struct ukd_device *dev, const struct ukd_rtc_ops *ops,
		void *self);

#endif /* UKD_RTC_H */
