/* SPDX-License-Identifier: BSD-3-Clause */
/* A PL031 whose registers read as anything: no wait goes on for ever. */
#include "../../ukdriver_pl031/c/pl031.c"

#include <fuzz.h>

#define BASE	0x9010000UL

static bool is_honest;		/* about what it is */
static uint32_t last;		/* what it read as */

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (is_honest && address == BASE + PL031_PERIPHID0)
		return 0x31;
	if (is_honest && address == BASE + PL031_PERIPHID1)
		return 0x10;
	last = (uint32_t)fuzz_read(address, bytes, value);
	return last;
}

void fuzz_init(void)
{
	fake_map(BASE, PL031_REGION_SIZE);
}

static void use(void)
{
	uint64_t seconds = 77, wanted;
	int rc;

	if (fuzz_byte() & 1) {
		CHECK(fake_rtc->read(fake_self, &seconds) == 0);
		CHECK(seconds == last);
		return;
	}
	wanted = fuzz_long() >> fuzz_below(64);
	rc = fake_rtc->set(fake_self, wanted);
	CHECK((rc == -ERANGE) == (wanted > UINT32_MAX));
	CHECK(rc == -ERANGE || rc == (last == wanted ? 0 : -EIO));
}

void fuzz_one(void)
{
	struct ukd_device dev = { .path = "/pl031", .region_count = 1 };
	int rc;

	is_honest = fuzz_byte() & 1;
	dev.region[0].base = BASE;
	dev.region[0].size = fuzz_is(8) ? fuzz_half() : PL031_REGION_SIZE;
	fake_on_read = on_read;
	rc = ukd_driver_pl031.probe(&dev, NULL);
	CHECK(rc == 0 || rc == -ENODEV || rc == -ETIMEDOUT || rc == -EINVAL);
	CHECK(!rc == !!fake_rtc);
	CHECK(fake_time_us() <= PL031_START_US + 2000);
	while (!rc && fuzz_has_more())
		use();
}
