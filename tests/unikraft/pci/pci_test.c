/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI bus with a function, and drivers that say what they are given.
 *
 * pci_test BUDGET VENDOR DEVICE SUBSYSTEM CLASS [BASE [IRQ [ADD]]]: with BUDGET
 * allocations that succeed, BAR 0 at BASE (0: none), the interrupt IRQ (0:
 * none), and ADD as what drivers return; without BASE it is only asked.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <uk/bus/pci.h>
#include <uk/intctlr.h>
#include <ukd/log.h>
#include <ukd/pci.h>

static uint32_t id, subsystem, class;
static int add_rc;

/* The kit */

uint32_t ukd_pci_read32(const struct ukd_device *dev, unsigned int offset)
{
	(void)dev;
	switch (offset) {
	case 0x00:
		return id;
	case 0x08:
		return class << 8 | 0x42;
	case 0x2c:
		return subsystem;
	default:
		printf("read of %#x\n", offset);
		return 0;
	}
}

void ukd_pci_set_master(const struct ukd_device *dev, bool is_on)
{
	printf("master %#x %d\n", dev->unit, is_on);
}

void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...)
{
	va_list arguments;

	printf("log %d %d: ", level, dev != NULL);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

/* The tree */

int uk_intctlr_irq_configure(struct uk_intctlr_irq *irq)
{
	printf("irq %u %s\n", irq->id,
	       irq->trigger == UK_INTCTLR_IRQ_TRIGGER_EDGE ? "edge" : "level");
	return irq->id == 99 ? -EINVAL : 0;
}

static int init(struct uk_alloc *a)
{
	printf("init%s\n", a ? "" : " without heap");
	return 0;
}

static int fail(struct uk_alloc *a)
{
	(void)a;
	return -EIO;
}

static struct pci_device *kept;

static int add(const char *name, struct pci_device *dev)
{
	printf("%s: %u:%02x:%02x.%x %04x:%04x %04x:%04x class %#x %#x base %#lx irq %lu state %d\n",
	       name, dev->addr.domain, dev->addr.bus, dev->addr.devid,
	       dev->addr.function, dev->id.vendor_id, dev->id.device_id,
	       dev->id.subsystem_vendor_id, dev->id.subsystem_device_id,
	       dev->id.class_id, dev->id.sub_class_id, dev->base, dev->irq,
	       dev->state);
	if (add_rc >= 0)
		kept = dev;
	return add_rc;
}

#define DRIVER(name, init_function, ...)				\
	static int name##_add(struct pci_device *dev)			\
	{								\
		return add(#name, dev);					\
	}								\
	static const struct pci_device_id name##_ids[] = {		\
		__VA_ARGS__,						\
		{ PCI_ANY_DEVICE_ID },					\
	};								\
	static struct pci_driver name = {				\
		.device_ids = name##_ids,				\
		.init = init_function,					\
		.add_dev = name##_add,					\
	}

DRIVER(broken, fail, { PCI_DEVICE_ID(0x8086, PCI_ANY_ID) });
DRIVER(vendor, init, { PCI_DEVICE_ID(0x1af4, PCI_ANY_ID) });
DRIVER(device, NULL, { PCI_DEVICE_ID(0x1234, 0x0001) },
       { PCI_DEVICE_ID(0x8086, 0x100e) });
DRIVER(serial, NULL, {
	.vendor_id = PCI_ANY_ID, .device_id = PCI_ANY_ID,
	.subsystem_vendor_id = PCI_ANY_ID, .subsystem_device_id = PCI_ANY_ID,
	.class_id = 0x0700, .sub_class_id = 0x00 });
DRIVER(card, NULL, {
	.vendor_id = PCI_ANY_ID, .device_id = PCI_ANY_ID,
	.subsystem_vendor_id = 0xaaaa, .subsystem_device_id = 0xbbbb,
	.class_id = PCI_CLASS_ANY_ID, .sub_class_id = PCI_CLASS_ANY_ID });

PCI_REGISTER_DRIVER(&broken);

/* The test */

static void take(unsigned long base, uint32_t irq)
{
	struct ukd_device found = {
		.unit = UKD_PCI_FUNCTION(0xa5, 0x1e, 3),
		.region_count = UKD_PCI_BARS,
		.region[0] = { base, base ? 0x20 : 0 },
		.irq[0] = { irq, irq % 2 ? UKD_IRQ_EDGE : UKD_IRQ_LEVEL },
		.irq_count = !!irq,
	};

	printf("taken %d\n", ukd_pci_unlisted(&found));
}

int main(int count, char **argument)
{
	struct ukd_device asked = { .unit = UKD_PCI_FUNCTION(0xa5, 0x1e, 3) };
	struct uk_alloc heap = { 0 };
	unsigned long value[9] = { 0 };
	int i;

	for (i = 1; i < count && i < 9; i++)
		value[i] = strtoul(argument[i], NULL, 0);
	heap.budget = (unsigned int)value[1];
	id = (uint32_t)(value[3] << 16 | value[2]);
	subsystem = (uint32_t)value[4];
	class = (uint32_t)value[5];
	add_rc = (int)value[8];

	_pci_register_driver(&vendor);
	_pci_register_driver(&device);
	_pci_register_driver(&serial);
	_pci_register_driver(&card);
	if (registered_bus()->init(&heap) || registered_bus()->probe())
		return 1;
	printf("asked %d\n", ukd_pci_unlisted(&asked));
	if (count > 6)
		take(value[6], (uint32_t)value[7]);
	free(kept);
	return 0;
}
