/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtio_pci_fake.h"

static const struct ukd_virtq_place place = {
	.descriptors = 0x1122334455667000,
	.available = 0x8899aabbccddee00,
	.used = 0x0102030405060708,
	.size = 128,
};

static uintptr_t doorbell;
static unsigned int doorbell_bits;

static int queue(unsigned int index)
{
	return ops->queue(ops_self, index, &place, &doorbell, &doorbell_bits);
}

/* The value last written there, 0 when none was. */
static uint64_t written(uintptr_t address, unsigned int bytes)
{
	unsigned int i = fake_write_count;

	while (i--) {
		if (fake_writes[i].address != address)
			continue;
		CHECK(fake_writes[i].bytes == bytes);
		return fake_writes[i].value;
	}
	return 0;
}

static void features_are_64_bits(void)
{
	start();
	offered = 0x8000000340000021;
	CHECK(ops->features(ops_self) == offered);

	ops->set_features(ops_self, 0x1234567890abcdef);
	CHECK(fake_writes[fake_write_count - 4].address == COMMON + 0x08);
	CHECK(fake_writes[fake_write_count - 4].value == 0);
	CHECK(fake_writes[fake_write_count - 3].address == COMMON + 0x0c);
	CHECK(fake_writes[fake_write_count - 3].value == 0x90abcdef);
	CHECK(fake_writes[fake_write_count - 2].value == 1);
	CHECK(fake_writes[fake_write_count - 1].value == 0x12345678);
}

static void status_is_a_byte(void)
{
	start();
	ops->set_status(ops_self, 0x8f);
	CHECK(status == 0x8f && ops->status(ops_self) == 0x8f);
	ops->set_status(ops_self, 0);
	CHECK(status == 0 && fake_write_count == 2);
	fake_poke(COMMON + 0x14, 0x0000a500);
	CHECK(ops->generation(ops_self) == 0xa5);
}

static void config_to_its_end_and_no_further(void)
{
	uint8_t bytes[4] = { 0 };
	unsigned int i;

	start();
	for (i = 0; i < 0x20; i += 4)
		fake_poke(CONFIG + i, 0x03020100 + 0x04040404 * (i / 4));
	CHECK(ops->config(ops_self, 0x17, bytes, 1) == 0 && bytes[0] == 0x17);
	CHECK(ops->config(ops_self, 0x16, bytes, 2) == 0 && bytes[1] == 0x17);
	CHECK(ops->config(ops_self, 0x14, bytes, 4) == 0 && bytes[3] == 0x17);
	CHECK(bytes[0] == 0x14 && fake_read_count == 3);

	CHECK(ops->config(ops_self, 0x18, bytes, 1) == -ERANGE);
	CHECK(ops->config(ops_self, 0x18, bytes, 2) == -ERANGE);
	CHECK(ops->config(ops_self, 0x18, bytes, 4) == -ERANGE);
	CHECK(ops->config(ops_self, 0xffffffff, bytes, 1) == -ERANGE);
	CHECK(ops->config(ops_self, 0xfffffffc, bytes, 4) == -ERANGE);
	CHECK(ops->config(ops_self, 0x2, bytes, 4) == -ERANGE);
	CHECK(ops->config(ops_self, 0x1, bytes, 2) == -ERANGE);
	CHECK(fake_read_count == 3);

	/* without a structure of its own */
	reset(0x1044, 0x1100);
	put_all();
	set32(0x6c, 0);
	CHECK(probe() == 0);
	CHECK(ops->config(ops_self, 0, bytes, 1) == -ERANGE);
	CHECK(ops->config(ops_self, 0, bytes, 4) == -ERANGE);
	CHECK(fake_read_count == 0);
}

static void queues_that_there_are(void)
{
	start();
	queue_count = 3;
	queue_size[0] = 1024;
	queue_size[1] = 0;
	queue_size[2] = 0xffff;
	queue_size[3] = 64;
	CHECK(ops->queue_limit(ops_self, 0) == 1024);
	CHECK(ops->queue_limit(ops_self, 1) == 0);
	CHECK(ops->queue_limit(ops_self, 2) == 0xffff);
	CHECK(written(COMMON + COMMON_QUEUE_SELECT, 2) == 2);
	CHECK(ops->queue_limit(ops_self, 3) == 0);
	CHECK(ops->queue_limit(ops_self, 0x10000) == 0);
	CHECK(written(COMMON + COMMON_QUEUE_SELECT, 2) == 2);
}

static void a_queue_is_told_and_enabled_last(void)
{
	const struct fake_access *last;
	unsigned int i;

	start();
	notify_off[1] = 5;
	CHECK(queue(1) == 0 && fake_log_count == 0);
	CHECK(doorbell == NOTIFY + 5 * 4 && doorbell_bits == 16);
	CHECK(fake_writes[0].address == COMMON + COMMON_QUEUE_SELECT);
	CHECK(fake_writes[0].value == 1);
	CHECK(written(COMMON + 0x10, 2) == 0xffff);
	CHECK(written(COMMON + 0x1a, 2) == 0xffff);
	CHECK(written(COMMON + 0x18, 2) == 128);
	CHECK(written(COMMON + 0x20, 4) == 0x55667000);
	CHECK(written(COMMON + 0x24, 4) == 0x11223344);
	CHECK(written(COMMON + 0x28, 4) == 0xccddee00);
	CHECK(written(COMMON + 0x2c, 4) == 0x8899aabb);
	CHECK(written(COMMON + 0x30, 4) == 0x05060708);
	CHECK(written(COMMON + 0x34, 4) == 0x01020304);
	last = &fake_writes[fake_write_count - 1];
	CHECK(last->address == COMMON + 0x1c && last->bytes == 2);
	CHECK(last->value == 1);
	for (i = 0; &fake_writes[i] != last; i++)
		CHECK(fake_writes[i].address != COMMON + 0x1c);
}

/* The capability's length bounds it, not the BAR's. */
static void notifications_stay_in_their_structure(void)
{
	static const struct {
		uint32_t multiplier, length;
		uint16_t number;
		long offset;		/* -1: refused */
	} cases[] = {
		{ 0, 2, 0xffff, 0 },
		{ 2, 8, 3, 6 },
		{ 2, 8, 4, -1 },
		{ 2, 7, 3, -1 },
		{ 4, 0x1000, 0x3ff, 0xffc },
		{ 4, 0x1000, 0x400, -1 },
		{ 0x800, 0x1000, 1, 0x800 },
		{ 0x1000, 0x1000, 0, 0 },
		{ 0x1000, 0x1000, 1, -1 },
		{ 1, 0x1000, 3, -1 },		/* unaligned */
		{ 0x80000000, 0x1000, 2, -1 },	/* 0 in 32 bits */
		{ 0x10000, 0x1000, 0xffff, -1 },
		{ 0xffffffff, 0x1000, 0xffff, -1 },
		{ 0xfffffffe, 0x1000, 0x8000, -1 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		reset(0x1041, 0x1100);
		put_all();
		set32(0x7c, cases[i].length);
		set32(0x80, cases[i].multiplier);
		CHECK(probe() == 0);
		notify_off[0] = cases[i].number;
		if (cases[i].offset >= 0) {
			CHECK(queue(0) == 0);
			CHECK(doorbell == NOTIFY + (uintptr_t)cases[i].offset);
			continue;
		}
		CHECK(queue(0) == -EINVAL && fake_log_count == 1);
		CHECK(fake_logged("queue 0: notified at "));
		CHECK(written(COMMON + COMMON_QUEUE_ENABLE, 2) == 0);
		CHECK(!(config[PCI_COMMAND] & PCI_COMMAND_MASTER));
	}
}

/* What the status said, and whose it was; reading it has cleared it. */
static void a_shared_line(void)
{
	start();
	CHECK(!fake_handler(fake_handler_arg));
	CHECK(used_count == 0 && changed_count == 0);
	fake_poke(ISR, 1);
	CHECK(fake_handler(fake_handler_arg));
	CHECK(used_count == 1 && changed_count == 0);
	CHECK(!fake_handler(fake_handler_arg));
	fake_poke(ISR, 2);
	CHECK(fake_handler(fake_handler_arg));
	CHECK(used_count == 1 && changed_count == 1);
	fake_poke(ISR, 3);
	CHECK(fake_handler(fake_handler_arg));
	CHECK(used_count == 2 && changed_count == 2);
	fake_poke(ISR, 0xfc);
	CHECK(!fake_handler(fake_handler_arg));
	CHECK(used_count == 2 && changed_count == 2);
}

/* The device's own interrupt without end, and then another's on its line. */
static bool is_stuck;

static uint64_t stick(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)value;
	CHECK(address == ISR && bytes == 1);
	return is_stuck;
}

static void a_line_that_is_stuck(void)
{
	start();
	fake_on_read = stick;
	is_stuck = true;
	CHECK(fake_storm() == FAKE_STORM && used_count == FAKE_STORM);
	is_stuck = false;
	CHECK(fake_storm() == 0);
	CHECK(used_count == FAKE_STORM && changed_count == 0);
}

int main(void)
{
	features_are_64_bits();
	status_is_a_byte();
	config_to_its_end_and_no_further();
	queues_that_there_are();
	a_queue_is_told_and_enabled_last();
	notifications_stay_in_their_structure();
	a_shared_line();
	a_line_that_is_stuck();
	reset(0x1041, 0x1100);
	free(config);
	return fake_report();
}
