/* SPDX-License-Identifier: BSD-3-Clause */
/* What the checks share: the clock that a driver has handed over. */
#ifndef CLOCK_H
#define CLOCK_H

#include "../common/check.h"

#include <stdint.h>
#include <ukd/rtc.h>

#define US_PER_S	UINT64_C(1000000)

struct clock {
	const struct ukd_rtc_ops *ops;	/* NULL: there is none */
	void *self;
	unsigned int count;		/* of clocks handed over */
};

extern struct clock clock;

/** Seconds since 1970; a reading that fails ends the check. */
uint64_t clock_read(void);

/* host.c: "NAME: SECONDS", or "NAME: none" */
void show_dates(void);
void check_host(void);

/* device.c */
bool check_handed_over(void);	/* whether there is anything to call */
void check_steady(void);
void check_second(void);
void check_day(void);
void check_set(void);
void check_keeps(void);
void check_2038(void);
void check_range(void);

#endif /* CLOCK_H */
