/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI bus: devices that the tree's own drivers serve, found by the kit's core.
 *
 * A driver registers a struct pci_driver. For each function that one of its
 * identifiers fits, and no driver of the kit lists, the bus calls add_dev():
 * BAR 0 has its address then, bus mastering is on, and the interrupt's trigger
 * is set.
 */
#ifndef __UK_BUS_PCI_H__
#define __UK_BUS_PCI_H__

#include <stddef.h>
#include <uk/alloc.h>
#include <uk/arch/types.h>
#include <uk/bus.h>
#include <uk/ctors.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What fits every function. */
#define PCI_ANY_ID		0xffff
#define PCI_CLASS_ANY_ID	0xffffff

/* Of a function, or what a driver wants it to be. */
struct pci_device_id {
	__u32 class_id;		/* base class, in bits 15:8 */
	__u32 sub_class_id;
	__u16 vendor_id;
	__u16 device_id;
	__u16 subsystem_vendor_id;
	__u16 subsystem_device_id;
};

/* For a driver's list: one kind of device; the end of the list. */
#define PCI_DEVICE_ID(vendor, device)		\
	.class_id = PCI_CLASS_ANY_ID,		\
	.sub_class_id = PCI_CLASS_ANY_ID,	\
	.vendor_id = (vendor),			\
	.device_id = (device),			\
	.subsystem_vendor_id = PCI_ANY_ID,	\
	.subsystem_device_id = PCI_ANY_ID

#define PCI_ANY_DEVICE_ID	PCI_DEVICE_ID(PCI_ANY_ID, PCI_ANY_ID)

struct pci_address {
	__u32 domain;
	__u8 bus;
	__u8 devid;
	__u8 function;
};

struct pci_device;

typedef int (*pci_driver_add_func_t)(struct pci_device *dev);
typedef int (*pci_driver_init_func_t)(struct uk_alloc *a);

struct pci_driver {
	struct pci_driver *next;	/* of the bus */
	const struct pci_device_id *device_ids;	/* ends with what fits all */
	pci_driver_init_func_t init;	/* may be NULL; not 0: driver is out */
	pci_driver_add_func_t add_dev;	/* not negative: keeps the device */
};

enum pci_device_state {
	PCI_DEVICE_STATE_RESET = 0,
	PCI_DEVICE_STATE_RUNNING
};

struct pci_device {
	struct pci_device_id id;
	struct pci_address addr;
	struct pci_driver *drv;
	enum pci_device_state state;

	unsigned long base;	/* of BAR 0, as the CPU sees it */
	unsigned long irq;
};

/** Register a driver before the bus is probed; one a source file. */
#define PCI_REGISTER_DRIVER(driver)	_PCI_REGISTER_DRIVER(__LIBNAME__, driver)

#define _PCI_REGISTER_DRIVER(library, driver)	\
	__PCI_REGISTER_DRIVER(library, driver)
#define __PCI_REGISTER_DRIVER(library, driver)			\
	static void library##_pci_register_driver(void)		\
	{							\
		_pci_register_driver(driver);			\
	}							\
	UK_CTOR_PRIO(library##_pci_register_driver, 1)

/* For the macro. */
void _pci_register_driver(struct pci_driver *driver);

#ifdef __cplusplus
}
#endif

#endif /* __UK_BUS_PCI_H__ */
