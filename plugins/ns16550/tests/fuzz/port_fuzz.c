/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A 16550 whose registers read as anything, at a node that says anything of
 * where they are: none outside the region is touched, no wait goes on for ever.
 */
#include "../../ukdriver_ns16550/c/ns16550.c"

#include <fuzz.h>

#include <stdlib.h>
#include <string.h>

#define BASE		0x9000000UL
#define SIZE_MAX_BYTES	0x1000U

static uint32_t cells[5][2];
static size_t size;		/* of the region */
static uint32_t line;		/* LCR */
static unsigned int lcr_at;	/* offset of it */
static bool is_honest;		/* LCR keeps what is written */

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(address >= BASE && address + bytes <= BASE + size);
	if (is_honest && address - BASE == lcr_at)
		return line;
	return fuzz_read(address, bytes, value);
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(address >= BASE && address + bytes <= BASE + size);
	fake_write_count = 0;
	line = (uint32_t)value;
	lcr_at = (unsigned int)(address - BASE);
	return 0;
}

void fuzz_init(void)
{
	fake_map(BASE, SIZE_MAX_BYTES);
}

static void give_node(void)
{
	static const char *const names[] = {
		"reg-shift", "reg-io-width", "reg-offset", "clock-frequency",
		"current-speed",
	};
	unsigned int i, has = fuzz_byte();

	for (i = 0; i < 5; i++) {
		if (!(has >> i & 1))
			continue;
		cells[i][0] = ukd_be32(fuzz_is(64) ? fuzz_word() :
				       i < 3 ? fuzz_byte() : fuzz_word() >> 8);
		fake_property(names[i], cells[i], has >> 5 == 5 ? i : 4);
	}
}

static void use(void)
{
	uint64_t before = fake_time_us();
	char *text;
	size_t count;
	int rc;

	if (fuzz_byte() & 1) {
		rc = fake_console->getc(fake_self);
		CHECK(rc == -EAGAIN || (rc >= 0 && rc <= 255));
		return;
	}
	count = fuzz_below(64);
	text = malloc(64);
	memset(text, 'x', 64);
	rc = fake_console->write(fake_self, text + 64 - count, count);
	CHECK(rc == 0 || rc == -ETIMEDOUT);
	CHECK(fake_time_us() - before <=
	      (count + 1) * (NS16550_DRAIN_US + 2000));
	free(text);
}

void fuzz_one(void)
{
	struct ukd_device dev = { .path = "/serial", .region_count = 1 };
	const struct ukd_match *match = ns16550_match;
	int rc;

	ns16550_port_count = 0;
	lcr_at = SIZE_MAX_BYTES;
	is_honest = fuzz_byte() & 1;
	size = fuzz_is(64) ? fuzz_below(SIZE_MAX_BYTES + 1) : SIZE_MAX_BYTES;
	match += fuzz_below(sizeof(ns16550_match) / sizeof(*match) - 1);
	if (fuzz_byte() & 1) {
		dev.node = "";
		give_node();
	}
	dev.region[0].base = BASE;
	dev.region[0].size = size;
	fake_on_read = on_read;
	fake_on_write = on_write;
	rc = ukd_driver_ns16550.probe(&dev, match->variant);
	CHECK(rc <= 0 && !rc == !!fake_console);
	CHECK(rc == 0 || rc == -ENODEV || fake_log_count);
	CHECK(fake_time_us() <= NS16550_DRAIN_US + 2000);
	while (!rc && fuzz_has_more())
		use();
}
