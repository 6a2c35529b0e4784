/* SPDX-License-Identifier: BSD-3-Clause */
/* A PL011 whose registers read as anything: no wait goes on for ever. */
#include "../../ukdriver_pl011/c/pl011.c"

#include <fuzz.h>

#include <stdlib.h>
#include <string.h>

#define BASE	0x9000000UL

static bool is_honest;		/* about what it is */

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (is_honest && address == BASE + PL011_PERIPHID0)
		return 0x11;
	if (is_honest && address == BASE + PL011_PERIPHID1)
		return 0x10;
	return fuzz_read(address, bytes, value);
}

void fuzz_init(void)
{
	fake_map(BASE, PL011_REGION_SIZE);
}

static void write_text(void)
{
	char *text = malloc(64);
	size_t size = fuzz_below(64);
	uint64_t before = fake_time_us();
	int rc;

	memset(text, 'x', 64);
	rc = fake_console->write(fake_self, text + 64 - size, size);
	CHECK(rc == 0 || rc == -ETIMEDOUT);
	/* each character may have waited in vain but for the last moment */
	CHECK(fake_time_us() - before <= (size + 1) * (PL011_DRAIN_US + 2000));
	free(text);
}

void fuzz_one(void)
{
	struct ukd_device dev = { .path = "/pl011", .region_count = 1 };
	int rc;

	is_honest = fuzz_byte() & 1;
	dev.region[0].base = BASE;
	dev.region[0].size = fuzz_is(8) ? fuzz_half() : PL011_REGION_SIZE;
	fake_on_read = on_read;
	rc = ukd_driver_pl011.probe(&dev, NULL);
	CHECK(rc == 0 || rc == -ENODEV || rc == -ETIMEDOUT || rc == -EINVAL);
	CHECK(!rc == !!fake_console);
	CHECK(fake_time_us() <= PL011_DRAIN_US + 2000);
	while (!rc && fuzz_has_more()) {
		int got;

		if (fuzz_byte() & 1) {
			write_text();
			continue;
		}
		got = fake_console->getc(fake_self);
		CHECK(got == -EAGAIN || (got >= 0 && got <= 255));
	}
}
