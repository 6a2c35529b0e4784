/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Platform bus: devices that can't be discovered, but stand in a device tree.
 *
 * A driver registers a struct pf_driver. For each node that is not disabled
 * and one of whose compatible strings the driver's match() knows, the bus
 * calls probe(), which fills in base, size and irq, and then add_dev().
 */
#ifndef __UK_BUS_PLATFORM_H__
#define __UK_BUS_PLATFORM_H__

#include <uk/config.h>
#include <uk/alloc.h>
#include <uk/arch/types.h>
#include <uk/bus.h>
#include <uk/list.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Identifiers of the tree's own drivers; others may use any other number. */
#define PLATFORM_DEVICE_ID_START	0x100
#define VIRTIO_MMIO_ID			PLATFORM_DEVICE_ID_START
#define GEN_PCI_ID			(PLATFORM_DEVICE_ID_START + 1)
#define PL031_RTC_ID			(PLATFORM_DEVICE_ID_START + 2)
#define PLATFORM_DEVICE_ID_END		(PLATFORM_DEVICE_ID_START + 3)

#define UK_MAX_VIRTIO_MMIO_DEVICE	2

struct pf_device;

struct pf_device_id {
	__u16 device_id;
};

/* For a driver's match(); the bus itself reads no such table. */
struct device_match_table {
	const char *compatible;
	struct pf_device_id *id;
};

typedef int (*pf_driver_init_func_t)(struct uk_alloc *a);
typedef int (*pf_driver_add_func_t)(struct pf_device *dev);
typedef int (*pf_driver_probe_func_t)(struct pf_device *dev);
typedef int (*pf_driver_match_func_t)(const char *compatible);

struct pf_driver {
	UK_TAILQ_ENTRY(struct pf_driver) next;	/* of the bus */
	const struct pf_device_id *device_ids;	/* one, which match() returns */
	pf_driver_init_func_t init;	/* may be NULL; not 0: driver is out */
	pf_driver_probe_func_t probe;	/* 0, -ENODEV for "not mine", -errno */
	pf_driver_add_func_t add_dev;	/* the same; 0: keeps the device */
	pf_driver_match_func_t match;	/* negative: string isn't known */
};
UK_TAILQ_HEAD(pf_driver_list, struct pf_driver);

enum pf_device_state {
	PF_DEVICE_STATE_RESET,
	PF_DEVICE_STATE_RUNNING
};

struct pf_device {
	UK_TAILQ_ENTRY(struct pf_device) next;
	struct pf_device_id id;
	struct pf_driver *drv;
	enum pf_device_state state;

	int fdt_offset;		/* node, in the device tree */
	__u64 base;
	__sz size;
	unsigned long irq;
};
UK_TAILQ_HEAD(pf_device_list, struct pf_device);

#if CONFIG_PAGING
/**
 * Map the pages of a device's registers, each at its physical address.
 *
 * What is mapped there already gets the attributes of device memory.
 *
 * @return `base`, or an error for PTRISERR()
 */
__vaddr_t uk_bus_pf_devmap(__u64 base, __sz size);
#endif /* CONFIG_PAGING */

/** Register a driver before the bus is probed; one a source file. */
#define PF_REGISTER_DRIVER(driver)	_PF_REGISTER_DRIVER(__LIBNAME__, driver)

#define _PF_REGISTER_DRIVER(library, driver)	\
	__PF_REGISTER_DRIVER(library, driver)
#define __PF_REGISTER_DRIVER(library, driver)			\
	static void library##_pf_register_driver(void)		\
	{							\
		_pf_register_driver(driver);			\
	}							\
	UK_CTOR_PRIO(library##_pf_register_driver, 1)

/* For the macro. */
void _pf_register_driver(struct pf_driver *driver);

#ifdef __cplusplus
}
#endif

#endif /* __UK_BUS_PLATFORM_H__ */
