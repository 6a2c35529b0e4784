/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio device on PCI whose configuration space and registers read as
 * anything: capabilities that lead in a circle or out of a BAR end, and nothing
 * outside the BARs is touched. The kit's own code follows the list.
 */
#include "../../ukdriver_virtio_pci/c/virtio_pci.c"

#include <fuzz.h>
#include <../classes/pci-host/pci_access.c>

#include <string.h>

#define BAR		0x10000000UL
#define BAR_STEP	0x10000UL
#define BAR_BYTES	0x400U

static uint8_t config[PCI_CONFIG_SIZE];
static struct virtio_pci memory;
static bool is_fickle;		/* configuration space changes by itself */
static const struct ukd_virtio_ops *ops;
static void *self;
static int add_rc;
static unsigned int used_count, changed_count;

static uint32_t config_read(void *of, uint32_t function, unsigned int offset,
			    unsigned int bytes)
{
	uint32_t value = 0;

	(void)of;
	(void)function;
	CHECK(offset % bytes == 0 && offset + bytes <= PCI_CONFIG_SIZE);
	if (is_fickle && fuzz_is(16))
		config[offset] = fuzz_byte();
	memcpy(&value, config + offset, bytes);
	return value;
}

static void config_write(void *of, uint32_t function, unsigned int offset,
			 unsigned int bytes, uint32_t value)
{
	(void)of;
	(void)function;
	CHECK(offset % bytes == 0 && offset + bytes <= PCI_CONFIG_SIZE);
	memcpy(config + offset, &value, bytes);
}

static const struct ukd_pci_ops config_ops = { config_read, config_write };
static struct pci_host config_host = { .ops = &config_ops };

static struct ukd_device dev = {
	.path = "/pci/00:03.0", .bus = &config_host,
};

static uint64_t in_bar(uintptr_t address, unsigned int bytes)
{
	unsigned int bar = (unsigned int)((address - BAR) / BAR_STEP);

	CHECK(bar < dev.region_count);
	CHECK(address + bytes <= dev.region[bar].base + dev.region[bar].size);
	return 0;
}

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	in_bar(address, bytes);
	/* a notification offset of a queue is small, more often than not */
	if (self && address == memory.common + COMMON_QUEUE_NOTIFY_OFF &&
	    !fuzz_is(64))
		return 1U << (fuzz_byte() & 7);
	return fuzz_read(address, bytes, value);
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)value;
	fake_write_count = 0;
	return in_bar(address, bytes);
}

/* The kit: one piece of memory is all that is asked for */

static bool has_memory, is_memory_out;

void *ukd_alloc(size_t size)
{
	CHECK(size == sizeof(memory) && !is_memory_out);
	is_memory_out = has_memory;
	return has_memory ? memset(&memory, 0, size) : NULL;
}

void ukd_free(void *given)
{
	CHECK(given == &memory && is_memory_out);
	is_memory_out = false;
}

int ukd_virtio_add(const struct ukd_device *transport,
		   const struct ukd_virtio_ops *transport_ops, void *of,
		   uint32_t id, unsigned int version)
{
	CHECK(transport == &dev && id && version == 2);
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

static void set_up_queue(void)
{
	struct ukd_virtq_place place = { 0x1000, 0x2000, 0x3000, 8 };
	uintptr_t doorbell = 0;
	unsigned int bits = 0, said = fake_log_count;

	if (ops->queue(self, fuzz_half(), &place, &doorbell, &bits)) {
		CHECK(fake_log_count == said + 1);
		return;
	}
	CHECK(bits == 16 && doorbell % 2 == 0);
	in_bar(doorbell, 2);
	CHECK(doorbell >= memory.notify.base);
	CHECK(doorbell + 2 <= memory.notify.base + memory.notify.size);
}

static void interrupt(void)
{
	bool is_ours;

	used_count = changed_count = 0;
	if (!fake_handler)
		return;
	is_ours = fake_handler(fake_handler_arg);
	CHECK(is_ours == (used_count + changed_count > 0));
}

static void step(unsigned int *queues_left)
{
	uint8_t to[5] = { 0 };
	unsigned int bytes;

	switch (fuzz_below(7)) {
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
		bytes = 1U << fuzz_below(3);
		ops->config(self, fuzz_is(32) ? fuzz_word() : fuzz_byte(), to,
			    bytes);
		CHECK(!to[bytes]);
		break;
	case 4:
		ops->queue_limit(self, fuzz_word());
		break;
	case 5:
		if (*queues_left) {
			--*queues_left;
			set_up_queue();
		}
		break;
	case 6:
		interrupt();
		break;
	}
}

/* Capabilities, more or less as they should be. */
static void fill_config(void)
{
	unsigned int at = 0x40, count = fuzz_byte() & 7, i;

	memset(config, 0, sizeof(config));
	config[0] = 0xf4;
	config[1] = 0x1a;
	config[PCI_DEVICE_ID] = 0x41;
	config[PCI_DEVICE_ID + 1] = 0x10;
	config[PCI_STATUS] = 0x10;
	config[PCI_CAPABILITIES] = 0x40;
	for (i = 0; i < count; i++, at += 0x14) {
		config[at] = fuzz_is(32) ? fuzz_byte() : PCI_CAPABILITY_VENDOR;
		config[at + 1] = fuzz_is(16) ? fuzz_byte() :
				 (uint8_t)(i + 1 < count ? at + 0x14 : 0);
		config[at + VIRTIO_PCI_CAP_TYPE] = fuzz_is(64) ? fuzz_byte() :
						   (uint8_t)(i + 1);
		config[at + VIRTIO_PCI_CAP_BAR] = fuzz_byte() & 7;
		config[at + VIRTIO_PCI_CAP_OFFSET] = fuzz_byte();
		config[at + VIRTIO_PCI_CAP_OFFSET + 1] =
			fuzz_is(32) ? fuzz_byte() : 0;
		config[at + VIRTIO_PCI_CAP_LENGTH] =
			fuzz_is(64) ? fuzz_byte() :
				      (uint8_t)(1U << (fuzz_byte() & 7));
		config[at + VIRTIO_PCI_CAP_LENGTH + 1] =
			fuzz_is(32) ? fuzz_byte() : 0;
		config[at + VIRTIO_PCI_CAP_MULTIPLIER] =
			fuzz_is(64) ? fuzz_byte() :
				      (uint8_t)(1U << (fuzz_byte() & 7));
	}
	for (i = fuzz_byte() & 15; i; i--) {
		at = fuzz_byte();
		config[at] = fuzz_byte();
	}
}

void fuzz_init(void)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		fake_map(BAR + i * BAR_STEP, BAR_BYTES);
}

void fuzz_one(void)
{
	unsigned int i, queues_left = 32;
	int rc;

	ops = NULL;
	self = NULL;
	is_memory_out = false;
	has_memory = !fuzz_is(4);
	add_rc = fuzz_is(8) ? -ENODEV : 0;
	is_fickle = fuzz_byte() & 1;
	dev.irq_count = fuzz_byte() & 1;
	dev.region_count = fuzz_is(32) ? fuzz_below(7) : 6;
	for (i = 0; i < 6; i++) {
		dev.region[i].base = BAR + i * BAR_STEP;
		dev.region[i].size = BAR_BYTES >> (fuzz_byte() & 7);
	}
	fill_config();
	fake_on_read = on_read;
	fake_on_write = on_write;
	rc = ukd_driver_virtio_pci.probe(&dev, NULL);
	/* without an interrupt it is there, but its driver isn't probed */
	CHECK(rc <= 0 && (rc || ops));
	CHECK(is_memory_out == !!ops);
	CHECK(!rc || fake_log_count == 1 || add_rc);
	while (!rc && fuzz_has_more())
		step(&queues_left);
}
