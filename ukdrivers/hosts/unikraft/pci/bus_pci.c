/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI bus as the tree knows it: its drivers, and which of them serves what.
 *
 * Functions are found by the kit's core, when the kit's devices are probed:
 * every bus of the tree has been initialised by then.
 */

#include "bus.h"

#include <stdbool.h>
#include <uk/print.h>

/* State */

static struct pci_driver *drivers;	/* in the order of registration */
static struct uk_alloc *allocator;

/* Helpers */

static bool fits(__u32 wanted, __u32 own, __u32 any)
{
	return wanted == any || wanted == own;
}

static bool is_end(const struct pci_device_id *id)
{
	return id->vendor_id == PCI_ANY_ID && id->device_id == PCI_ANY_ID &&
	       id->subsystem_vendor_id == PCI_ANY_ID &&
	       id->subsystem_device_id == PCI_ANY_ID &&
	       id->class_id == PCI_CLASS_ANY_ID &&
	       id->sub_class_id == PCI_CLASS_ANY_ID;
}

static bool is_one(const struct pci_device_id *wanted,
		   const struct pci_device_id *id)
{
	return fits(wanted->vendor_id, id->vendor_id, PCI_ANY_ID) &&
	       fits(wanted->device_id, id->device_id, PCI_ANY_ID) &&
	       fits(wanted->subsystem_vendor_id, id->subsystem_vendor_id,
		    PCI_ANY_ID) &&
	       fits(wanted->subsystem_device_id, id->subsystem_device_id,
		    PCI_ANY_ID) &&
	       fits(wanted->class_id, id->class_id, PCI_CLASS_ANY_ID) &&
	       fits(wanted->sub_class_id, id->sub_class_id, PCI_CLASS_ANY_ID);
}

/* Functions */

struct pci_driver *ukd_bus_pci_driver(const struct pci_device_id *id)
{
	const struct pci_device_id *wanted;
	struct pci_driver *driver;

	for (driver = drivers; driver; driver = driver->next) {
		for (wanted = driver->device_ids; !is_end(wanted); wanted++) {
			if (is_one(wanted, id))
				return driver;
		}
	}
	return NULL;
}

struct uk_alloc *ukd_bus_pci_heap(void)
{
	return allocator;
}

/* Drivers */

void _pci_register_driver(struct pci_driver *driver)
{
	struct pci_driver **end = &drivers;

	while (*end)
		end = &(*end)->next;
	driver->next = NULL;
	*end = driver;
}

static int bus_init(struct uk_alloc *a)
{
	struct pci_driver **at = &drivers;

	allocator = a;
	while (*at) {
		int rc = (*at)->init ? (*at)->init(a) : 0;

		if (!rc) {
			at = &(*at)->next;
			continue;
		}
		uk_pr_err("driver %04x:%04x left out: error %d\n",
			  (*at)->device_ids->vendor_id,
			  (*at)->device_ids->device_id, rc);
		*at = (*at)->next;
	}
	return 0;
}

static int bus_probe(void)
{
	return 0;
}

/*
 * Filled in here, because initialized data that stands before the platform's
 * page tables costs an image up to a page.
 */
static struct uk_bus *pci(void)
{
	static struct uk_bus bus;

	bus.init = bus_init;
	bus.probe = bus_probe;
	return &bus;
}

UK_BUS_REGISTER(pci());
