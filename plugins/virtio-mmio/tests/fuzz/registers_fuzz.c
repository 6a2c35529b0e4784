/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio device whose registers read as anything: none outside the region is
 * touched, and what isn't there isn't read.
 */
#include "../../ukdriver_virtio_mmio/c/virtio_mmio.c"

#include <fuzz.h>

#define BASE		0xa000000UL
#define REGION_MAX	0x200U

static struct ukd_device dev = { .path = "/virtio_mmio", .region_count = 1 };
static const struct ukd_virtio_ops *ops;
static void *self;
static bool is_honest;		/* about what it is */
static int add_rc;
static unsigned int used_count, changed_count;

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(address + bytes <= BASE + dev.region[0].size);
	CHECK(bytes == 4 || address >= BASE + CONFIG);
	if (is_honest && address == BASE + MAGIC_VALUE)
		return MAGIC;
	if (is_honest && address == BASE + VERSION)
		return 1 + (fuzz_byte() & 1);
	return fuzz_read(address, bytes, value);
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)value;
	CHECK(bytes == 4 && address + bytes <= BASE + CONFIG);
	fake_write_count = 0;
	return 0;
}

int ukd_virtio_add(const struct ukd_device *transport,
		   const struct ukd_virtio_ops *transport_ops, void *of,
		   uint32_t id, unsigned int version)
{
	CHECK(transport == &dev && id && (version == 1 || version == 2));
	if (add_rc)
		return add_rc;
	ops = transport_ops;
	self = of;
	return 0;
}

void ukd_virtio_used(const struct ukd_device *transport)
{
	CHECK(transport == &dev);
	used_count++;
}

void ukd_virtio_changed(const struct ukd_device *transport)
{
	CHECK(transport == &dev);
	changed_count++;
}

static void read_config(void)
{
	unsigned int offset = fuzz_is(32) ? fuzz_word() : fuzz_byte();
	unsigned int bytes = 1U << fuzz_below(3);
	uint8_t to[5] = { 0 };
	int rc = ops->config(self, offset, to, bytes);

	CHECK(rc == 0 || rc == -ERANGE);
	CHECK(!to[bytes]);
	/* what is there can be read */
	CHECK(!rc == (offset % bytes == 0 && bytes + (uint64_t)offset <=
					     dev.region[0].size - CONFIG));
}

static void set_up_queue(void)
{
	uint64_t at = fuzz_long() >> fuzz_below(64);
	unsigned int size = 1U << fuzz_below(16), bits = 0;
	struct ukd_virtq_place place = {
		at, at + 16 * size, at + 0x1000, size,
	};
	uintptr_t doorbell = 0;

	if (ops->queue(self, fuzz_half(), &place, &doorbell, &bits))
		CHECK(fake_log_count);
	else
		CHECK(doorbell >= BASE && doorbell + 4 <= BASE + CONFIG &&
		      bits == 32);
}

static void interrupt(void)
{
	bool is_ours;

	used_count = changed_count = 0;
	if (!fake_handler)
		return;
	is_ours = fake_handler(fake_handler_arg);
	CHECK(is_ours == (used_count + changed_count > 0));
	CHECK(used_count <= 1 && changed_count <= 1);
}

static void step(unsigned int *queues_left)
{
	switch (fuzz_below(8)) {
	case 0:
		ops->set_features(self, ops->features(self));
		break;
	case 1:
		ops->set_status(self, ops->status(self));
		break;
	case 2:
		ops->generation(self);
		break;
	case 3:
	case 4:
		read_config();
		break;
	case 5:
		ops->queue_limit(self, fuzz_word());
		break;
	case 6:
		if ((*queues_left)--)
			set_up_queue();
		else
			*queues_left = 0;
		break;
	case 7:
		interrupt();
		break;
	}
}

void fuzz_init(void)
{
	fake_map(BASE, REGION_MAX);
}

void fuzz_one(void)
{
	unsigned int queues_left = 32;
	int rc;

	ops = NULL;
	is_honest = fuzz_byte() & 1;
	add_rc = fuzz_is(8) ? -ENODEV : 0;
	dev.region[0].base = BASE;
	dev.region[0].size = fuzz_is(128) ? fuzz_below(REGION_MAX + 1) :
					    REGION_MAX;
	dev.irq_count = fuzz_byte() & 1;
	fake_on_read = on_read;
	fake_on_write = on_write;
	rc = ukd_driver_virtio_mmio.probe(&dev, NULL);
	CHECK(rc <= 0 && !rc == !!ops);
	CHECK(!rc || !fake_handler);
	while (!rc && fuzz_has_more())
		step(&queues_left);
}
