/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time: the system counter, which runs before the platform's clock does.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, CNTVCT_EL0, CNTFRQ_EL0.
 */

#include <ukd/time.h>

#define US_PER_S	1000000U

/* Of a counter whose frequency nobody says: deadlines come late, not early. */
#define UNKNOWN_HZ	1000000000U

uint64_t ukd_ticks(void)
{
	uint64_t ticks;

	/* Earlier instructions before the read: it may be done ahead of them. */
	__asm__ __volatile__("isb\n\tmrs %0, cntvct_el0"
			     : "=r"(ticks) : : "memory");
	return ticks;
}

uint32_t ukd_ticks_hz(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz ? (uint32_t)hz : UNKNOWN_HZ;
}

/* Seconds apart from the rest, so that no product exceeds 64 bits. */
uint64_t ukd_now_us(void)
{
	uint64_t ticks = ukd_ticks();
	uint32_t hz = ukd_ticks_hz();

	return ticks / hz * US_PER_S + ticks % hz * US_PER_S / hz;
}
