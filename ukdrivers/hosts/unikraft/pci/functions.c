/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI functions that no driver of the kit lists, for the tree's drivers.
 *
 * Such a driver knows the address of one BAR and the number of an interrupt,
 * and can't reach configuration space: so a function that hasn't both is left.
 *
 * Source: PCI Local Bus Specification, revision 3.0, 6.1, 6.2.1.
 */

#include "bus.h"

#include <ukd/bits.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/pci.h>

#include <uk/intctlr.h>
#include <uk/intctlr/limits.h>

#define ID		0x00	/* vendor; above it, device */
#define CLASS		0x08	/* revision, interface, class, base class */
#define SUBSYSTEM	0x2c	/* vendor; above it, device */

#define LOWER		UKD_MASK(15, 0)
#define UPPER		UKD_MASK(31, 16)
#define CLASS_BASE	UKD_MASK(31, 24)
#define CLASS_SUB	UKD_MASK(23, 16)

static void read_id(const struct ukd_device *dev, struct pci_device_id *id)
{
	uint32_t own = ukd_pci_read32(dev, ID);
	uint32_t subsystem = ukd_pci_read32(dev, SUBSYSTEM);
	uint32_t class = ukd_pci_read32(dev, CLASS);

	id->vendor_id = (__u16)UKD_FIELD_GET(LOWER, own);
	id->device_id = (__u16)UKD_FIELD_GET(UPPER, own);
	id->subsystem_vendor_id = (__u16)UKD_FIELD_GET(LOWER, subsystem);
	id->subsystem_device_id = (__u16)UKD_FIELD_GET(UPPER, subsystem);
	id->class_id = UKD_FIELD_GET(CLASS_BASE, class) << 8;
	id->sub_class_id = UKD_FIELD_GET(CLASS_SUB, class);
}

/* Give a driver its device. @return 0, or a negative errno */
static int add(const struct ukd_device *dev, struct pci_device *one)
{
	struct uk_intctlr_irq irq = {
		.id = dev->irq[0].number,
		.trigger = dev->irq[0].trigger == UKD_IRQ_EDGE
			   ? UK_INTCTLR_IRQ_TRIGGER_EDGE
			   : UK_INTCTLR_IRQ_TRIGGER_LEVEL,
	};
	int rc;

	/* the generic layer looks into its table with whatever it is given */
	if (irq.id >= UK_INTCTLR_MAX_IRQ)
		return -ERANGE;
	rc = uk_intctlr_irq_configure(&irq);
	if (rc)
		return rc;
	one->addr.bus = (__u8)UKD_PCI_BUS_OF(dev->unit);
	one->addr.devid = (__u8)UKD_PCI_DEVICE_OF(dev->unit);
	one->addr.function = (__u8)UKD_PCI_FUNCTION_OF(dev->unit);
	one->base = dev->region[0].base;
	one->irq = dev->irq[0].number;
	ukd_pci_set_master(dev, true);
	rc = one->drv->add_dev(one);
	return rc < 0 ? rc : 0;
}

int ukd_pci_unlisted(const struct ukd_device *dev)
{
	struct pci_device_id id;
	struct pci_driver *driver;
	struct pci_device *one;
	int rc;

	read_id(dev, &id);
	driver = ukd_bus_pci_driver(&id);
	if (!driver)
		return -ENODEV;
	if (!dev->region_count)		/* only asked whether there is one */
		return 0;
	if (!dev->region[0].size || !dev->irq_count) {
		ukd_err(NULL, "PCI device %04x:%04x: no %s, which the tree's driver wants",
			id.vendor_id, id.device_id,
			dev->irq_count ? "BAR 0 in reach" : "interrupt");
		return -ENODEV;
	}

	one = uk_calloc(ukd_bus_pci_heap(), 1, sizeof(*one));
	if (!one)
		return -ENOMEM;
	one->id = id;
	one->drv = driver;
	rc = add(dev, one);
	if (rc)
		uk_free(ukd_bus_pci_heap(), one);
	return rc;
}
