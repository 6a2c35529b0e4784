/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_virtio_mmio/c/virtio_mmio.c"

#include <fake.h>

#include <string.h>

#define BASE	0xa000000UL
#define SIZE	0x200UL

static struct ukd_device dev = {
	.path = "/virtio_mmio@a000000",
	.region = { { BASE, SIZE } },
	.region_count = 1,
	.irq = { { .number = 48, .trigger = UKD_IRQ_EDGE } },
	.irq_count = 1,
};

/* What the driver asks of the kit */

static const struct ukd_virtio_ops *ops;
static unsigned int added, added_version, used_count, changed_count;
static uint32_t added_id;
static int add_rc;
static char order[16];	/* of acknowledging and serving, at first */

static void note(char what)
{
	size_t size = strlen(order);

	if (size < sizeof(order) - 1)
		order[size] = what;
}

int ukd_virtio_add(const struct ukd_device *transport,
		   const struct ukd_virtio_ops *transport_ops, void *self,
		   uint32_t id, unsigned int version)
{
	CHECK(transport == &dev && self == &dev);
	if (add_rc)
		return add_rc;
	ops = transport_ops;
	added_id = id;
	added_version = version;
	added++;
	return 0;
}

void ukd_virtio_used(const struct ukd_device *transport)
{
	CHECK(transport == &dev);
	used_count++;
	note('u');
}

void ukd_virtio_changed(const struct ukd_device *transport)
{
	CHECK(transport == &dev);
	changed_count++;
	note('c');
}

/* The registers */

static const uint64_t offered = UINT64_C(0x123456789abcdef0);
static uint64_t taken;
static uint32_t limits[4];

/* No register is written that can only be read, or read that can be written. */
static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	size_t reg = address - BASE;

	CHECK(reg >= CONFIG || bytes == 4);
	switch (reg) {
	case DEVICE_FEATURES:
		return (uint32_t)(offered >>
				  32 * fake_peek(BASE + DEVICE_FEATURES_SEL));
	case QUEUE_NUM_MAX:
		return limits[fake_peek(BASE + QUEUE_SEL) & 3];
	case MAGIC_VALUE:
	case VERSION:
	case DEVICE_ID:
	case INTERRUPT_STATUS:
	case STATUS:
	case CONFIG_GENERATION:
		return value;
	}
	CHECK(reg >= CONFIG);
	return value;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	size_t reg = address - BASE;

	CHECK(bytes == 4 && reg < CONFIG);
	switch (reg) {
	case DRIVER_FEATURES:
		taken |= value << 32 * fake_peek(BASE + DRIVER_FEATURES_SEL);
		break;
	case INTERRUPT_ACK:
		CHECK((value & ~UINT64_C(3)) == 0 && value);
		note('a');
		fake_poke(BASE + INTERRUPT_STATUS,
			  fake_peek(BASE + INTERRUPT_STATUS) & ~(uint32_t)value);
		break;
	}
	return value;
}

static void reset(uint32_t magic, uint32_t version, uint32_t id)
{
	fake_reset();
	fake_map(BASE, SIZE);
	fake_on_read = on_read;
	fake_on_write = on_write;
	dev.region_count = 1;
	dev.region[0].size = SIZE;
	dev.irq_count = 1;
	fake_poke(BASE + MAGIC_VALUE, magic);
	fake_poke(BASE + VERSION, version);
	fake_poke(BASE + DEVICE_ID, id);
	ops = NULL;
	added = used_count = changed_count = 0;
	add_rc = 0;
	taken = 0;
	memset(order, 0, sizeof(order));
}

static int probe(void)
{
	return ukd_driver_virtio_mmio.probe(&dev, NULL);
}

static void start(uint32_t version)
{
	reset(MAGIC, version, 1);
	CHECK(probe() == 0 && added == 1 && ops && fake_log_count == 0);
}

/* The last value that was written to a register; it must have been. */
static uint64_t last(size_t reg)
{
	unsigned int i = fake_write_count;

	while (i--) {
		if (fake_writes[i].address == BASE + reg)
			return fake_writes[i].value;
	}
	CHECK(!"written");
	return 0;
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

/* What is in the slot */

static void versions(void)
{
	static const uint32_t unknown[] = { 0, 3, 0x80000001, UINT32_MAX };
	unsigned int i;

	start(2);
	CHECK(ops == &virtio_mmio_ops && added_version == 2 && added_id == 1);
	start(1);
	CHECK(ops == &virtio_mmio_legacy_ops && added_version == 1);
	CHECK(fake_write_count == 0 && fake_read_count == 3);
	CHECK(fake_handler == virtio_mmio_interrupt && fake_attached.number == 48);

	for (i = 0; i < 4; i++) {
		reset(MAGIC, unknown[i], 1);
		CHECK(probe() == -EINVAL && !added && !fake_handler);
		CHECK(fake_log_count == 1);
		CHECK(fake_logged("err: /virtio_mmio@a000000: version: is "));
		CHECK(fake_logged(", want 1 or 2\n"));
	}
}

static void empty_slots_are_silent(void)
{
	uint32_t version;

	for (version = 0; version < 4; version++) {
		reset(MAGIC, version, 0);
		CHECK(probe() == -ENODEV && fake_log_count == 0);
		CHECK(fake_read_count == 3 && fake_write_count == 0);
		CHECK(!added && !fake_handler);
	}
	reset(0, 2, 1);
	CHECK(probe() == -ENODEV && fake_log_count == 0 && fake_read_count == 1);
	reset(UINT32_MAX, UINT32_MAX, UINT32_MAX);
	CHECK(probe() == -ENODEV && fake_log_count == 0);
}

static void registers_too_few(void)
{
	reset(MAGIC, 2, 1);
	dev.region_count = 0;
	CHECK(probe() == -EINVAL && fake_log_count == 1 && !fake_read_count);
	reset(MAGIC, 2, 1);
	dev.region[0].size = CONFIG - 1;
	CHECK(probe() == -EINVAL && fake_log_count == 1 && !fake_read_count);
	CHECK(fake_logged("reg: want registers of at least 0x100 bytes\n"));
	reset(MAGIC, 2, 1);
	dev.region[0].size = CONFIG;
	CHECK(probe() == 0 && fake_log_count == 0);
}

static void nobody_wants_it(void)
{
	static const int reasons[] = { -ENODEV, -ENOMEM };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		reset(MAGIC, 2, 9);
		add_rc = reasons[i];
		CHECK(probe() == reasons[i] && fake_log_count == 0);
		CHECK(!fake_held() && fake_write_count == 0);
	}
	reset(MAGIC, 2, 9);
	dev.irq_count = 0;
	add_rc = -ENODEV;
	CHECK(probe() == -ENODEV && fake_log_count == 0);
}

static void usual(void)
{
	reset(MAGIC, 2, 1);
}

/* The kit keeps what it was given: a device is there with all it has, or not. */
static void nothing_is_kept_of_one_that_failed(void)
{
	CHECK(fake_fail_every_allocation(usual, probe) == 1);
	CHECK(added == 1 && fake_held() == 1);

	usual();
	fake_fail_allocation(1);
	CHECK(probe() == -ENOMEM && !added && fake_log_count == 1);
	CHECK(fake_logged("err: /virtio_mmio@a000000: interrupt 48: can't be attached (error -12)\n"));
}

static void a_node_without_an_interrupt(void)
{
	reset(MAGIC, 2, 2);
	dev.irq_count = 0;
	CHECK(probe() == 0 && added == 1 && !fake_handler);
}

/* Interrupts */

static void claimed_only_with_a_bit_set(void)
{
	static const uint32_t none[] = { 0, 4, 0xfffffffc };
	uint32_t bits;

	start(2);
	for (bits = 0; bits < 3; bits++) {
		fake_poke(BASE + INTERRUPT_STATUS, none[bits]);
		CHECK(!fake_handler(fake_handler_arg));
		CHECK(!is_written(INTERRUPT_ACK) && !used_count && !changed_count);
	}
	for (bits = 1; bits < 4; bits++) {
		used_count = changed_count = 0;
		memset(order, 0, sizeof(order));
		fake_poke(BASE + INTERRUPT_STATUS, bits | 0xf0);
		CHECK(fake_handler(fake_handler_arg));
		CHECK(used_count == (bits & 1) && changed_count == bits >> 1);
		CHECK(last(INTERRUPT_ACK) == bits && order[0] == 'a');
		CHECK(fake_peek(BASE + INTERRUPT_STATUS) == 0xf0);
		CHECK(!fake_handler(fake_handler_arg));
	}
}

/* The bit is set again as soon as it is acknowledged; or never was. */
static bool is_stuck;

static uint64_t stick(uintptr_t address, unsigned int bytes, uint64_t value)
{
	if (address == BASE + INTERRUPT_STATUS)
		return is_stuck;
	return on_read(address, bytes, value);
}

static uint64_t let_be(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)bytes;
	CHECK(address == BASE + INTERRUPT_ACK && is_stuck);
	return value;
}

static void a_line_that_is_stuck(void)
{
	start(2);
	fake_on_read = stick;
	fake_on_write = let_be;
	is_stuck = true;
	CHECK(fake_storm() == FAKE_STORM && used_count == FAKE_STORM);
	is_stuck = false;
	CHECK(fake_storm() == 0);
	CHECK(used_count == FAKE_STORM && !changed_count);
}

/* Configuration */

static void configuration_is_bounded(void)
{
	static const uint8_t image[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint8_t bytes[5] = { 0, 0, 0, 0, 77 };
	unsigned int size, offset;

	start(2);
	fake_poke(BASE + CONFIG, 0x04030201);
	fake_poke(BASE + CONFIG + 4, 0x08070605);
	for (size = 1; size <= 4; size *= 2) {
		for (offset = 0; offset < 8; offset += size) {
			CHECK(!ops->config(&dev, offset, bytes, size));
			CHECK(!memcmp(bytes, image + offset, size));
		}
		CHECK(bytes[4] == 77);
		CHECK(!ops->config(&dev, 0x100 - size, bytes, size));
		CHECK(ops->config(&dev, 0x100, bytes, size) == -ERANGE);
		CHECK(ops->config(&dev, UINT32_MAX & -size, bytes, size) ==
		      -ERANGE);
		CHECK(size == 1 ||
		      ops->config(&dev, 1, bytes, size) == -ERANGE);
		CHECK(size == 1 ||
		      ops->config(&dev, 0x101 - size, bytes, size) == -ERANGE);
	}
	dev.region[0].size = CONFIG + 2;
	CHECK(!ops->config(&dev, 0, bytes, 2));
	CHECK(ops->config(&dev, 0, bytes, 4) == -ERANGE);
	dev.region[0].size = CONFIG;
	CHECK(ops->config(&dev, 0, bytes, 1) == -ERANGE);
	fake_poke(BASE + CONFIG_GENERATION, 5);
	CHECK(ops->generation(&dev) == 5);
}

/* Features and status */

static void features_in_halves(void)
{
	start(2);
	CHECK(ops->features(&dev) == offered);
	ops->set_features(&dev, UINT64_C(0x1000000020000003));
	CHECK(taken == UINT64_C(0x1000000020000003));
	CHECK(!is_written(GUEST_PAGE_SIZE));

	start(1);
	CHECK(ops->features(&dev) == (uint32_t)offered);
	ops->set_features(&dev, 0x20000003);
	CHECK(taken == 0x20000003 && last(GUEST_PAGE_SIZE) == 4096);
	fake_read_count = 0;
	CHECK(ops->generation(&dev) == 0 && fake_read_count == 0);
}

static void status_is_a_byte(void)
{
	start(2);
	ops->set_status(&dev, 0x0f);
	CHECK(last(STATUS) == 0x0f && ops->status(&dev) == 0x0f);
	ops->set_status(&dev, 0);
	CHECK(ops->status(&dev) == 0);
}

/* Queues */

static unsigned int count_written(size_t reg)
{
	unsigned int i, count = 0;

	for (i = 0; i < fake_write_count; i++)
		count += fake_writes[i].address == BASE + reg;
	return count;
}

static void queues_of_a_modern_device(void)
{
	struct ukd_virtq_place place = {
		UINT64_C(0x1111222233330000), UINT64_C(0x4444555566660010),
		UINT64_C(0x7777888899990000), 64,
	};
	unsigned int bits = 0;
	uintptr_t doorbell;

	start(2);
	limits[3] = 1024;
	CHECK(ops->queue_limit(&dev, 3) == 1024 && ops->queue_limit(&dev, 2) == 0);
	limits[1] = 0x10100;	/* refused by the core, not cut by the driver */
	CHECK(ops->queue_limit(&dev, 1) == 0x10100);
	CHECK(ops->queue(&dev, 3, &place, &doorbell, &bits) == 0);
	CHECK(doorbell == BASE + 0x50 && bits == 32);
	CHECK(last(QUEUE_SEL) == 3 && last(QUEUE_NUM) == 64);
	CHECK(last(0x80) == 0x33330000 && last(0x84) == 0x11112222);
	CHECK(last(0x90) == 0x66660010 && last(0x94) == 0x44445555);
	CHECK(last(0xa0) == 0x99990000 && last(0xa4) == 0x77778888);
	CHECK(fake_writes[fake_write_count - 1].address == BASE + QUEUE_READY);
	CHECK(count_written(QUEUE_READY) == 1);
	CHECK(last(QUEUE_READY) == 1 && !is_written(QUEUE_PFN));
}

static void queues_of_a_legacy_device(void)
{
	struct ukd_virtq_place place = { 0xffffffff000, 0, 0, 64 };
	unsigned int bits = 0;
	uintptr_t doorbell;

	start(1);
	CHECK(ops->queue(&dev, 1, &place, &doorbell, &bits) == 0);
	CHECK(doorbell == BASE + 0x50 && bits == 32);
	CHECK(last(QUEUE_SEL) == 1 && last(QUEUE_NUM) == 64);
	CHECK(last(QUEUE_ALIGN) == 4096 && last(QUEUE_PFN) == UINT32_MAX);
	CHECK(!is_written(QUEUE_READY) && !is_written(QUEUE_DESC));

	start(1);
	place.descriptors = 0x100000000000;
	CHECK(ops->queue(&dev, 1, &place, &doorbell, &bits) == -EINVAL);
	CHECK(fake_logged("queue 1: memory at 0x100000000000, wanted a page below 2^44\n"));
	place.descriptors = 0x1800;
	CHECK(ops->queue(&dev, 1, &place, &doorbell, &bits) == -EINVAL);
	CHECK(!is_written(QUEUE_PFN) && fake_log_count == 2);
}

int main(void)
{
	versions();
	empty_slots_are_silent();
	registers_too_few();
	nobody_wants_it();
	nothing_is_kept_of_one_that_failed();
	a_node_without_an_interrupt();
	claimed_only_with_a_bit_set();
	a_line_that_is_stuck();
	configuration_is_bounded();
	features_in_halves();
	status_is_a_byte();
	queues_of_a_modern_device();
	queues_of_a_legacy_device();
	return fake_report();
}
