/* SPDX-License-Identifier: BSD-3-Clause */
/* Monotonic time; it runs from the first instruction of the image. */
#ifndef UKD_TIME_H
#define UKD_TIME_H

#include <stdint.h>

/** The system counter. */
uint64_t ukd_ticks(void);

/** Its frequency, never 0. */
uint32_t ukd_ticks_hz(void);

/** Microseconds since the counter's start. For deadlines, not hot paths. */
uint64_t ukd_now_us(void);

#endif /* UKD_TIME_H */
