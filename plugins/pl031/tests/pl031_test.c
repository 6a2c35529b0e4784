/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_pl031/c/pl031.c"

#include <fake.h>

#define BASE	0x9010000UL
#define NEW_YEAR_2026	1767225600U

static const struct ukd_device dev = {
	.path = "/pl031@9010000",
	.region = { { BASE, 0x1000 } },
	.region_count = 1,
};

/* A clock that is stopped, starts after a while, and takes a new time. */
static uint64_t starts_at_us;
static bool is_locked;

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (address == BASE + PL031_CR && fake_time_us() < starts_at_us)
		return 0;
	return value;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (address == BASE + PL031_LR) {
		if (is_locked)
			return 0;
		fake_poke(BASE + PL031_DR, (uint32_t)value);
	}
	return value;
}

static void start(void)
{
	fake_reset();
	fake_map(BASE, 0x1000);
	fake_poke(BASE + PL031_PERIPHID0, 0x31);
	fake_poke(BASE + PL031_PERIPHID1, 0x10);
	fake_poke(BASE + PL031_DR, NEW_YEAR_2026);
	fake_on_read = on_read;
	fake_on_write = on_write;
	starts_at_us = 0;
	is_locked = false;
}

static int probe(void)
{
	return ukd_driver_pl031.probe(&dev, NULL);
}

static bool is_written(size_t reg)
{
	unsigned int i;

	for (i = 0; i < fake_write_count; i++) {
		if (fake_writes[i].address == BASE + reg)
			return true;
	}
	return false;
}

static void probe_starts_a_clock_that_stands_still(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(fake_peek(BASE + PL031_CR) == PL031_CR_START);
	CHECK(fake_rtc != NULL && fake_log_count == 0);
}

static void probe_leaves_a_running_clock_alone(void)
{
	start();
	fake_poke(BASE + PL031_CR, PL031_CR_START);
	CHECK(probe() == 0);
	CHECK(!is_written(PL031_CR) && !is_written(PL031_LR));
}

static void probe_keeps_the_alarm_in(void)
{
	start();
	fake_poke(BASE + PL031_IMSC, 1);
	CHECK(probe() == 0);
	CHECK(fake_peek(BASE + PL031_IMSC) == 0);
	CHECK(fake_peek(BASE + PL031_ICR) == 1);
}

static void probe_waits_until_the_clock_runs(void)
{
	start();
	starts_at_us = 5000;
	CHECK(probe() == 0);
	CHECK(fake_time_us() >= 5000);
}

static void probe_gives_up_when_the_clock_never_starts(void)
{
	start();
	starts_at_us = UINT64_MAX;
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_time_us() < PL031_START_US + 10);
	CHECK(fake_logged("err: /pl031@9010000: RTCCR.start still 0 after 10000 us"));
	CHECK(fake_rtc == NULL);
}

static void probe_takes_a_clock_that_started_while_the_cpu_was_away(void)
{
	start();
	starts_at_us = 1000 * 1000;
	fake_step_us = 600 * 1000;
	CHECK(probe() == 0);
}

static void probe_leaves_another_device_alone(void)
{
	static const uint32_t others[][2] = {
		{ 0x11, 0x10 }, { 0x31, 0x20 }, { 0x31, 0x11 },
		{ 0, 0 }, { UINT32_MAX, UINT32_MAX },
	};
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		start();
		fake_poke(BASE + PL031_PERIPHID0, others[i][0]);
		fake_poke(BASE + PL031_PERIPHID1, others[i][1]);
		CHECK(probe() == -ENODEV);
		CHECK(fake_write_count == 0 && fake_log_count == 0);
	}
}

static void probe_refuses_a_short_region(void)
{
	struct ukd_device small = dev;

	start();
	small.region[0].size = 0xfff;
	CHECK(ukd_driver_pl031.probe(&small, NULL) == -EINVAL);
	small.region_count = 0;
	CHECK(ukd_driver_pl031.probe(&small, NULL) == -EINVAL);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
	CHECK(fake_logged("reg: want one region of at least 0x1000 bytes"));
}

static void a_second_clock_is_left_out(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(probe() == -EBUSY);
	CHECK(fake_logged("info: /pl031@9010000: left out"));
}

static void read_returns_what_the_hardware_says(void)
{
	uint64_t seconds = 0;

	start();
	CHECK(probe() == 0);
	CHECK(fake_rtc->read(fake_self, &seconds) == 0);
	CHECK(seconds == NEW_YEAR_2026);
	fake_poke(BASE + PL031_DR, NEW_YEAR_2026 - 100);	/* backwards */
	CHECK(fake_rtc->read(fake_self, &seconds) == 0);
	CHECK(seconds == NEW_YEAR_2026 - 100);
	fake_poke(BASE + PL031_DR, UINT32_MAX);
	CHECK(fake_rtc->read(fake_self, &seconds) == 0);
	CHECK(seconds == UINT32_MAX);
}

static void set_is_what_is_read_then(void)
{
	uint64_t seconds = 0;

	start();
	CHECK(probe() == 0);
	CHECK(fake_rtc->set(fake_self, 1) == 0);
	CHECK(fake_rtc->read(fake_self, &seconds) == 0 && seconds == 1);
	CHECK(fake_rtc->set(fake_self, UINT32_MAX) == 0);
	CHECK(fake_rtc->read(fake_self, &seconds) == 0);
	CHECK(seconds == UINT32_MAX);
}

static void set_refuses_what_does_not_fit(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(fake_rtc->set(fake_self, UINT64_C(1) << 32) == -ERANGE);
	CHECK(fake_rtc->set(fake_self, UINT64_MAX) == -ERANGE);
	CHECK(!is_written(PL031_LR));
}

static void set_fails_when_the_clock_is_locked(void)
{
	start();
	is_locked = true;
	CHECK(probe() == 0);
	CHECK(fake_rtc->set(fake_self, NEW_YEAR_2026 + 1) == -EIO);
}

int main(void)
{
	probe_starts_a_clock_that_stands_still();
	probe_leaves_a_running_clock_alone();
	probe_keeps_the_alarm_in();
	probe_waits_until_the_clock_runs();
	probe_gives_up_when_the_clock_never_starts();
	probe_takes_a_clock_that_started_while_the_cpu_was_away();
	probe_leaves_another_device_alone();
	probe_refuses_a_short_region();
	a_second_clock_is_left_out();
	read_returns_what_the_hardware_says();
	set_is_what_is_read_then();
	set_refuses_what_does_not_fit();
	set_fails_when_the_clock_is_locked();
	return fake_report();
}
