/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The date, from a PL031 that is set behind the host's back: the TRM's load
 * register is written here. "NAME: N" is N seconds since 1970; "none" without
 * a date.
 *
 * Source: ARM PrimeCell Real Time Clock (PL031) TRM, DDI 0224C, 3.3.1, 3.3.3.
 */

#include <stdint.h>
#include <stdio.h>
#include <uk/plat/time.h>
#include <ukd/mmio.h>

/* Where QEMU's virt machine has it. */
#define PL031		0x9010000UL
#define PL031_DR	0x000
#define PL031_LR	0x008

static void show(const char *name)
{
	uint64_t us;

	if (uk_time_of_day_us(&us))
		printf("%s: none\n", name);
	else
		printf("%s: %lu\n", name, us / 1000000);
}

/* Set the device and have it read again. */
static void move(const char *name, int32_t by)
{
	uint32_t now = ukd_mmio_read32(PL031, PL031_DR);

	ukd_mmio_write32(PL031, PL031_LR, now + (uint32_t)by);
	printf("update: %d\n", uk_time_of_day_update());
	show(name);
}

int main(void)
{
	uint64_t before, after;

	show("date");
	if (uk_time_of_day_us(&before)) {
		printf("update: %d\n", uk_time_of_day_update());
		return 0;
	}
	uk_sleep_us(30000);
	uk_time_of_day_us(&after);
	printf("slept: %s\n", after - before >= 30000 ? "ok" : "FAIL");
	move("forward", 1000);
	move("back", -5000);
	move("again", 0);
	return 0;
}
