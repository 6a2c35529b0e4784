/* SPDX-License-Identifier: BSD-3-Clause */
/* Class power: switching the machine off and starting it again. */
#ifndef UKD_POWER_H
#define UKD_POWER_H

#include <ukd/driver.h>

/* Both return only when the firmware refused. */
struct ukd_power_ops {
	void (*off)(void *self);
	void (*reset)(void *self);
};

/** Hand the firmware's power control to the host. @return 0, or -EBUSY */
int ukd_power_add(const struct ukd_device *dev, const struct ukd_power_ops *ops,
		  void *self);

#endif /* UKD_POWER_H */
