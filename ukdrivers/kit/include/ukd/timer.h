/* SPDX-License-Identifier: BSD-3-Clause */
/* Class timer: one shot at a time, counted in ticks of ukd_ticks(). */
#ifndef UKD_TIMER_H
#define UKD_TIMER_H

#include <ukd/driver.h>

struct ukd_timer_ops {
	/** Call `expired` once, at or after ukd_ticks() == `ticks`. */
	void (*arm)(void *self, uint64_t ticks);
	void (*disarm)(void *self);
};

/** Hand a started timer to the host. @return 0, or -EBUSY */
int ukd_timer_add(const struct ukd_device *dev, const struct ukd_timer_ops *ops,
		  void *self);

/** Called by the timer's interrupt handler; the timer is disarmed by then. */
void ukd_timer_expired(void);

#endif /* UKD_TIMER_H */
