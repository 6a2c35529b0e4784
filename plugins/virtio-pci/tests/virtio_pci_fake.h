/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio device on PCI: configuration space, four BARs, and the registers
 * behind them. The kit's own code follows the list of capabilities.
 */
#ifndef VIRTIO_PCI_FAKE_H
#define VIRTIO_PCI_FAKE_H

#include "../ukdriver_virtio_pci/c/virtio_pci.c"

#include <fake.h>
#include <../classes/pci-host/pci_access.c>

#include <stdlib.h>
#include <string.h>

/* BAR 0 is small, 1 I/O, 2 not there, 4 what a modern device has, 5 the last */
#define BAR0	0x10000000UL
#define BAR1	0x3eff0000UL
#define BAR4	0x20000000UL
#define BAR5	0x30000000UL

#define COMMON	BAR4
#define ISR	(BAR4 + 0x1000)
#define CONFIG	(BAR4 + 0x2000)
#define NOTIFY	(BAR4 + 0x3000)

/* Configuration space; with its last byte, the space ends */

static uint8_t *config;
static unsigned int config_writes;

static uint32_t config_read(void *self, uint32_t function, unsigned int offset,
			    unsigned int bytes)
{
	uint32_t value = 0;

	(void)self;
	CHECK(function == UKD_PCI_FUNCTION(0, 3, 0));
	memcpy(&value, config + offset, bytes);
	return value;
}

static void config_write(void *self, uint32_t function, unsigned int offset,
			 unsigned int bytes, uint32_t value)
{
	(void)self;
	CHECK(function == UKD_PCI_FUNCTION(0, 3, 0));
	memcpy(config + offset, &value, bytes);
	config_writes++;
}

static const struct ukd_pci_ops config_ops = { config_read, config_write };
static struct pci_host config_host = { .ops = &config_ops };

static struct ukd_device dev = {
	.path = "/pcie@10000000/00:03.0",
	.region = {
		{ BAR0, 0x40 }, { BAR1, 0x100 }, { 0 }, { 0 },
		{ BAR4, 0x4000 }, { BAR5, 0x1000 },
	},
	.region_count = 6,
	.bus = &config_host,
	.unit = UKD_PCI_FUNCTION(0, 3, 0),
};

static void set16(unsigned int offset, uint16_t value)
{
	memcpy(config + offset, &value, sizeof(value));
}

static void set32(unsigned int offset, uint32_t value)
{
	memcpy(config + offset, &value, sizeof(value));
}

/* Put a capability in, as the last of the list. */
static void put_cap(uint8_t at, uint8_t id)
{
	unsigned int link = PCI_CAPABILITIES;

	while (config[link])
		link = config[link] + 1U;
	config[link] = at;
	config[at] = id;
	config[at + 1U] = 0;
}

static void put(uint8_t at, uint8_t type, uint8_t bar, uint32_t offset,
		uint32_t length)
{
	put_cap(at, PCI_CAPABILITY_VENDOR);
	config[at + 2U] = 16;
	config[at + 3U] = type;
	config[at + 4U] = bar;
	set32(at + 8U, offset);
	set32(at + 12U, length);
}

/* A device as they usually are. */
static void put_all(void)
{
	put(0x40, VIRTIO_PCI_COMMON, 4, 0, 0x38);
	put(0x50, VIRTIO_PCI_ISR, 4, 0x1000, 1);
	put(0x60, VIRTIO_PCI_DEVICE, 4, 0x2000, 0x18);
	put(0x70, VIRTIO_PCI_NOTIFY, 4, 0x3000, 0x1000);
	set32(0x80, 4);
}

/* The registers */

static uint64_t offered;
static uint8_t status;
static uint16_t queue_count, queue_size[4], notify_off[4];

/* The upper half of the word that begins with the status. */
static unsigned int selected(void)
{
	return fake_peek(COMMON + COMMON_DEVICE_STATUS) >> 16 & 3;
}

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	switch (address) {
	case COMMON + COMMON_DEVICE_FEATURE:
		CHECK(bytes == 4);
		return (uint32_t)(offered >> 32 * (fake_peek(COMMON) & 1));
	case COMMON + COMMON_NUM_QUEUES:
		CHECK(bytes == 2);
		return queue_count;
	case COMMON + COMMON_DEVICE_STATUS:
		CHECK(bytes == 1);
		return status;
	case COMMON + COMMON_QUEUE_SIZE:
		CHECK(bytes == 2);
		return queue_size[selected()];
	case COMMON + COMMON_QUEUE_NOTIFY_OFF:
		CHECK(bytes == 2);
		return notify_off[selected()];
	case ISR:
		CHECK(bytes == 1);
		fake_poke(ISR, 0);
		return value;
	}
	return value;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	switch (address) {
	case COMMON + COMMON_DEVICE_STATUS:
		CHECK(bytes == 1);
		status = (uint8_t)value;
		break;
	case COMMON + COMMON_QUEUE_ENABLE:
		/* it mustn't reach for memory before it is told where */
		CHECK(config[PCI_COMMAND] & PCI_COMMAND_MASTER);
	}
	return value;
}

/* What the driver asks of the kit */

static unsigned int used_count, changed_count, added;
static const struct ukd_virtio_ops *ops;
static void *ops_self;
static uint32_t added_id;
static int add_rc;

int ukd_virtio_add(const struct ukd_device *transport,
		   const struct ukd_virtio_ops *transport_ops, void *self,
		   uint32_t id, unsigned int version)
{
	CHECK(transport == &dev && version == 2);
	if (add_rc)
		return add_rc;
	ops = transport_ops;
	ops_self = self;
	added_id = id;
	added++;
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

/* Begin with a device that has no capability. */
static void reset(uint16_t id, uint16_t subsystem)
{
	fake_reset();
	fake_map(BAR0, 0x40);
	fake_map(BAR1, 0x100);
	fake_map(BAR4, 0x4000);
	fake_map(BAR5, 0x1000);
	fake_on_read = on_read;
	fake_on_write = on_write;
	ops = NULL;
	free(config);
	config = calloc(1, PCI_CONFIG_SIZE);
	set16(0, 0x1af4);
	set16(PCI_DEVICE_ID, id);
	set16(PCI_STATUS, PCI_STATUS_CAPABILITIES);
	set16(PCI_SUBSYSTEM_ID, subsystem);
	dev.irq_count = 1;
	config_writes = used_count = changed_count = added = 0;
	add_rc = 0;
	offered = 0;
	status = 0;
	queue_count = 2;
	queue_size[0] = queue_size[1] = 256;
	memset(notify_off, 0, sizeof(notify_off));
}

static int probe(void)
{
	return ukd_driver_virtio_pci.probe(&dev, NULL);
}

/* A usual device, started. */
static void start(void)
{
	reset(0x1041, 0x1100);
	put_all();
	CHECK(probe() == 0 && added == 1 && fake_log_count == 0);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
}

#endif /* VIRTIO_PCI_FAKE_H */
