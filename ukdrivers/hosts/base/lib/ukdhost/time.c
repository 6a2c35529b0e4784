/* SPDX-License-Identifier: BSD-3-Clause */
/* Time since the start: the system counter. */

#include <ukd/time.h>

#include <uk/arch/ticks.h>
#include <uk/plat/time.h>

#define US_PER_S	1000000U

/*
 * Of a counter whose frequency nobody says. The highest one there is, so that
 * a deadline counted with it comes late rather than early.
 */
#define UNKNOWN_HZ	1000000000U

static uint32_t hz;	/* 0: not yet read */

uint64_t ukd_ticks(void)
{
	return uk_ticks();
}

uint32_t ukd_ticks_hz(void)
{
	if (!hz)
		uk_ticks_set_hz(uk_ticks_hz());
	return hz;
}

void uk_ticks_set_hz(uint32_t value)
{
	hz = value ? value : UNKNOWN_HZ;
}

/* Seconds apart from the rest, so that no product exceeds 64 bits. */

uint64_t ukd_now_us(void)
{
	uint64_t ticks = uk_ticks();
	uint32_t rate = ukd_ticks_hz();

	return ticks / rate * US_PER_S + ticks % rate * US_PER_S / rate;
}

uint64_t uk_us_to_ticks(uint64_t us)
{
	uint32_t rate = ukd_ticks_hz();

	return us / US_PER_S * rate +
	       (us % US_PER_S * rate + US_PER_S - 1) / US_PER_S;
}
