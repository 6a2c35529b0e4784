/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_pl011/c/pl011.c"

#include <fake.h>

#include <string.h>

#define BASE	0x9000000UL

static const struct ukd_device dev = {
	.path = "/pl011@9000000",
	.region = { { BASE, 0x1000 } },
	.region_count = 1,
};

/* A port with a FIFO that keeps what is sent, and clears FR bits in time. */
static char sent[256];
static unsigned int sent_count, fifo_level, busy_until_us, full_until_us;

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (address != BASE + PL011_FR)
		return value;
	if (fake_time_us() < busy_until_us)
		value |= PL011_FR_BUSY;
	if (fake_time_us() < full_until_us)
		return value | PL011_FR_TXFF;
	if (full_until_us)	/* there is room again, but it isn't empty */
		return value;
	fifo_level = 0;
	return value | PL011_FR_TXFE;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (address == BASE + PL011_DR) {
		CHECK(++fifo_level <= PL011_FIFO_DEPTH || full_until_us);
		sent[sent_count++ % sizeof(sent)] = (char)value;
	}
	return value;
}

static void start(void)
{
	fake_reset();
	fake_map(BASE, 0x1000);
	fake_poke(BASE + PL011_PERIPHID0, 0x11);
	fake_poke(BASE + PL011_PERIPHID1, 0x10);
	fake_on_read = on_read;
	fake_on_write = on_write;
	sent_count = fifo_level = busy_until_us = full_until_us = 0;
}

static int probe(void)
{
	return ukd_driver_pl011.probe(&dev, NULL);
}

static void probe_turns_fifo_and_receiver_on(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(fake_console != NULL);
	CHECK(fake_peek(BASE + PL011_LCR_H) == 0x70);
	CHECK(fake_peek(BASE + PL011_CR) == 0x301);
	CHECK(fake_peek(BASE + PL011_IMSC) == 0);
	CHECK(fake_log_count == 0);
}

static void probe_writes_lcr_h_only_while_disabled(void)
{
	unsigned int i, enabled = 1;

	start();
	CHECK(probe() == 0);
	for (i = 0; i < fake_write_count; i++) {
		if (fake_writes[i].address == BASE + PL011_CR)
			enabled = fake_writes[i].value & PL011_CR_UARTEN;
		if (fake_writes[i].address == BASE + PL011_LCR_H)
			CHECK(!enabled);
	}
	CHECK(enabled);
}

static void probe_keeps_divisors_and_modem_lines(void)
{
	unsigned int i;

	start();
	fake_poke(BASE + PL011_CR, 0xffff);
	CHECK(probe() == 0);
	CHECK(fake_peek(BASE + PL011_CR) == 0xf01);
	for (i = 0; i < fake_write_count; i++)
		CHECK(fake_writes[i].address != BASE + 0x24 &&
		      fake_writes[i].address != BASE + 0x28);
}

static void probe_waits_for_the_last_character(void)
{
	start();
	busy_until_us = 1000;
	CHECK(probe() == 0);
	CHECK(fake_time_us() >= 1000);
}

static void probe_gives_up_when_busy_never_clears(void)
{
	start();
	fake_poke(BASE + PL011_FR, PL011_FR_BUSY);
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_write_count == 0);
	CHECK(fake_time_us() < PL011_DRAIN_US + 10);
	CHECK(fake_logged("err: /pl011@9000000: FR.BUSY still set after 40000 us"));
	CHECK(fake_console == NULL);
}

static void probe_leaves_another_device_alone(void)
{
	start();
	fake_poke(BASE + PL011_PERIPHID0, 0x31);
	CHECK(probe() == -ENODEV);
	CHECK(fake_write_count == 0 && fake_log_count == 0);
	fake_poke(BASE + PL011_PERIPHID0, 0x11);
	fake_poke(BASE + PL011_PERIPHID1, 0);
	CHECK(probe() == -ENODEV);
	CHECK(fake_write_count == 0 && fake_log_count == 0);
}

static void probe_refuses_a_short_region(void)
{
	struct ukd_device small = dev;

	start();
	small.region[0].size = 0x100;
	CHECK(ukd_driver_pl011.probe(&small, NULL) == -EINVAL);
	small.region_count = 0;
	CHECK(ukd_driver_pl011.probe(&small, NULL) == -EINVAL);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
	CHECK(fake_logged("reg: want one region of at least 0x1000 bytes"));
}

static void what_the_host_says_is_passed_on(void)
{
	start();
	fake_add_rc = -ENOMEM;
	CHECK(probe() == -ENOMEM && !fake_console);
	fake_add_rc = 0;
	CHECK(probe() == 0);
}

static void ports_share_nothing(void)
{
	const uintptr_t other = BASE + 0x40000;
	struct ukd_device second = dev;
	const struct ukd_console_ops *first_ops;
	void *first;
	unsigned int before;

	start();
	fake_map(other, 0x1000);
	fake_poke(other + PL011_PERIPHID0, 0x11);
	fake_poke(other + PL011_PERIPHID1, 0x10);
	second.region[0].base = other;
	CHECK(probe() == 0);
	first_ops = fake_console;
	first = fake_self;
	CHECK(ukd_driver_pl011.probe(&second, NULL) == 0);
	CHECK(fake_self != first);

	before = fake_write_count;
	CHECK(first_ops->write(first, "a", 1) == 0);
	CHECK(fake_console->write(fake_self, "b", 1) == 0);
	CHECK(fake_write_count == before + 2);
	CHECK(fake_writes[before].address == BASE + PL011_DR);
	CHECK(fake_writes[before + 1].address == other + PL011_DR);

	fake_poke(BASE + PL011_DR, 'x');
	fake_poke(other + PL011_DR, 'y');
	CHECK(first_ops->getc(first) == 'x');
	CHECK(fake_console->getc(fake_self) == 'y');
}

static void write_sends_every_byte_in_order(void)
{
	char text[200];
	unsigned int i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	start();
	CHECK(probe() == 0);
	CHECK(fake_console->write(fake_self, text, sizeof(text)) == 0);
	CHECK(sent_count == sizeof(text));
	CHECK(memcmp(sent, text, sizeof(text)) == 0);
	CHECK(fake_console->write(fake_self, text, 0) == 0);
	CHECK(sent_count == sizeof(text));
}

static void write_looks_at_the_flags_once_a_fifo(void)
{
	char text[64] = { 0 };
	unsigned int reads;

	start();
	CHECK(probe() == 0);
	reads = fake_read_count;
	CHECK(fake_console->write(fake_self, text, sizeof(text)) == 0);
	CHECK(fake_read_count - reads == 4);
}

static void write_waits_while_the_fifo_is_full(void)
{
	start();
	CHECK(probe() == 0);
	full_until_us = 500;
	CHECK(fake_console->write(fake_self, "abc", 3) == 0);
	CHECK(sent_count == 3 && memcmp(sent, "abc", 3) == 0);
	CHECK(fake_time_us() >= 500);
}

static void write_gives_up_when_the_fifo_stays_full(void)
{
	start();
	CHECK(probe() == 0);
	full_until_us = UINT32_MAX;
	CHECK(fake_console->write(fake_self, "abc", 3) == -ETIMEDOUT);
	CHECK(sent_count == 0);
	CHECK(fake_time_us() <= PL011_DRAIN_US + 2);
}

static void write_takes_room_that_came_while_the_cpu_was_away(void)
{
	start();
	CHECK(probe() == 0);
	full_until_us = 1000 * 1000;
	fake_step_us = 600 * 1000;
	CHECK(fake_console->write(fake_self, "a", 1) == 0);
	CHECK(sent_count == 1);
}

static void getc_returns_what_is_received(void)
{
	start();
	CHECK(probe() == 0);
	fake_poke(BASE + PL011_FR, PL011_FR_RXFE);
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
	fake_poke(BASE + PL011_FR, 0);
	fake_poke(BASE + PL011_DR, 'x');
	CHECK(fake_console->getc(fake_self) == 'x');
	fake_poke(BASE + PL011_DR, 0x8ff);	/* overrun: the byte is good */
	CHECK(fake_console->getc(fake_self) == 0xff);
}

static void getc_drops_a_character_with_an_error(void)
{
	uint32_t error;

	start();
	CHECK(probe() == 0);
	for (error = PL011_DR_FE; error <= PL011_DR_BE; error <<= 1) {
		fake_poke(BASE + PL011_DR, error | 'x');
		CHECK(fake_console->getc(fake_self) == -EAGAIN);
	}
}

int main(void)
{
	probe_turns_fifo_and_receiver_on();
	probe_writes_lcr_h_only_while_disabled();
	probe_keeps_divisors_and_modem_lines();
	probe_waits_for_the_last_character();
	probe_gives_up_when_busy_never_clears();
	probe_leaves_another_device_alone();
	probe_refuses_a_short_region();
	what_the_host_says_is_passed_on();
	ports_share_nothing();
	write_sends_every_byte_in_order();
	write_looks_at_the_flags_once_a_fifo();
	write_waits_while_the_fifo_is_full();
	write_gives_up_when_the_fifo_stays_full();
	write_takes_room_that_came_while_the_cpu_was_away();
	getc_returns_what_is_received();
	getc_drops_a_character_with_an_error();
	return fake_report();
}
