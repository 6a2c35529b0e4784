/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every driver of the test does: prints its device, and what properties
 * of the node ask for besides.
 */

#include "core_test.h"

#include <ukd/bits.h>
#include <ukd/bus.h>
#include <ukd/core.h>
#include <ukd/errno.h>
#include <ukd/irqchip.h>

#include <stdlib.h>
#include <string.h>

bool is_silent;
static const struct ukd_device *late;

static void print_property(const struct ukd_device *dev, const char *name)
{
	size_t size = 12345, i;
	const unsigned char *bytes = ukd_property(dev, name, &size);
	unsigned int sum = 0;

	if (!bytes) {
		SAY(" %s absent", name);
		return;
	}
	for (i = 0; i < size; i++)	/* every byte can be read */
		sum += bytes[i];
	SAY(" %s %zu bytes sum %u", name, size, sum);
}

/* test-ranges: print the entries of `ranges` */
static void print_ranges(const struct ukd_device *dev)
{
	struct ukd_range range;
	unsigned int i;
	int rc;

	if (!ukd_property(dev, "test-ranges", NULL))
		return;
	for (i = 0; i < 16; i++) {
		rc = ukd_ranges(dev, i, &range);
		if (rc)
			SAY(" range rc %d", rc);
		else
			SAY(" range %#x:%#llx=%#llx+%#llx", range.space,
			    (unsigned long long)range.child,
			    (unsigned long long)range.base,
			    (unsigned long long)range.size);
		if (rc && rc != -ERANGE)
			return;
	}
}

/* test-region = <index> */
static void print_region(const struct ukd_device *dev)
{
	const uint32_t *cell = ukd_property(dev, "test-region", NULL);
	struct ukd_region region;
	int rc;

	if (!cell)
		return;
	rc = ukd_region(dev, ukd_be32(*cell), &region);
	if (rc)
		SAY(" region rc %d", rc);
	else
		SAY(" region %#lx+%#zx", (unsigned long)region.base,
		    region.size);
}

/* test-dma = <address size> */
static void print_dma(const struct ukd_device *dev)
{
	size_t size = 0;
	const uint32_t *cell = ukd_property(dev, "test-dma", &size);
	const uint32_t usual[] = { ukd_be32(0x40001000), ukd_be32(0x1000) };
	uint64_t address;
	int rc;

	if (dev->bus)
		cell = usual;
	else if (!cell || size < 8)
		return;
	rc = ukd_dma_address(dev, ukd_be32(cell[0]), ukd_be32(cell[1]),
			     &address);
	if (rc)
		SAY(" dma rc %d", rc);
	else
		SAY(" dma %#llx", (unsigned long long)address);
}

/* test-map = <unit address (3) specifier (1)>, of a bus like PCI */
static void print_irq_map(const struct ukd_device *dev)
{
	size_t size = 0;
	const uint32_t *cell = ukd_property(dev, "test-map", &size);
	struct ukd_irq irq;
	int rc;

	for (; cell && size >= 16; cell += 4, size -= 16) {
		uint32_t *copy = malloc(16);	/* and not a cell more is read */

		memcpy(copy, cell, 16);
		rc = ukd_irq_map(dev, copy, copy + 3, &irq);
		free(copy);
		if (rc)
			SAY(" map rc %d", rc);
		else
			SAY(" map %u", irq.number);
	}
}

static void add(const struct ukd_device *parent, const char *name,
		const char *compatible, size_t size)
{
	static const struct ukd_device found = {
		.region = { { 0x5000, 0x10 }, { 0, 0 }, { 0x6000, 0x20 } },
		.region_count = 3,
		.irq = { { 77, UKD_IRQ_LEVEL } },
		.irq_count = 1,
		.bus = &found,
		.unit = 0x18,
	};
	char *strings = malloc(size);
	int rc;

	memcpy(strings, compatible, size);
	rc = ukd_device_add(parent, &found, name, strings, size);
	free(strings);
	SAY("add %s/%s rc %d\n", parent->path, name, rc);
}

/* A list of name, compatible, name, compatible, ... */
static void add_all(const struct ukd_device *parent, const char *property)
{
	size_t size = 0;
	const char *text = ukd_property(parent, property, &size);
	const char *end = text ? text + size : text, *name;

	while (text < end && !end[-1]) {
		name = text;
		text += strlen(text) + 1;
		if (text == end)
			return;
		add(parent, name, text, strlen(text) + 1);
		text += strlen(text) + 1;
	}
}

int probe_and_print(const struct ukd_device *dev, const void *variant)
{
	int rc = variant ? *(const int *)variant : 0;
	unsigned int i;

	SAY("probe %s %s", dev->driver, dev->path);
	for (i = 0; i < dev->region_count; i++)
		SAY(" 0x%lx+0x%zx", (unsigned long)dev->region[i].base,
		    dev->region[i].size);
	for (i = 0; i < dev->irq_count; i++)
		SAY(" irq %u %s", dev->irq[i].number,
		    dev->irq[i].trigger == UKD_IRQ_EDGE ? "edge" : "level");
	if (dev->bus)
		SAY(" unit %#x", dev->unit);
	print_ranges(dev);
	print_region(dev);
	print_dma(dev);
	print_irq_map(dev);
	print_property(dev, "test-property");
	SAY(" rc %d\n", rc);

	if (ukd_property(dev, "test-nested", NULL))
		SAY("nested %u\n", ukd_probe_classes(UKD_CLASS_CONSOLE,
						     UKD_CLASS_CONSOLE));
	add_all(dev, "test-add");
	if (strstr(dev->path, "endless"))
		add(dev, "endless", "test,uart", sizeof("test,uart"));
	if (strstr(dev->path, "parent"))
		add(dev, "last", "test,uart", sizeof("test,uart"));
	if (ukd_property(dev, "test-add-late", NULL))
		late = dev;
	return rc;
}

void add_late(void)
{
	if (late)
		add_all(late, "test-add-late");
	late = NULL;
}

static int translate(void *self, const uint32_t *cell, unsigned int count,
		     struct ukd_irq *irq)
{
	(void)self;
	if (count != 3)
		return -EINVAL;
	if (ukd_be32(cell[1]) > 1000)
		return -ERANGE;
	irq->number = ukd_be32(cell[0]) * 1000 + ukd_be32(cell[1]);
	irq->trigger = ukd_be32(cell[2]) & 1 ? UKD_IRQ_EDGE : UKD_IRQ_LEVEL;
	return 0;
}

int probe_irqchip(const struct ukd_device *dev, const void *variant)
{
	static const struct ukd_irqchip_ops ops = { .translate = translate };
	int rc = probe_and_print(dev, variant);

	return rc ? rc : ukd_irqchip_add(dev, &ops, NULL, 2048);
}
