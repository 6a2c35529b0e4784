/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drivers, their match tables, and the devices they are given.
 *
 * A driver exports one object, `const struct ukd_driver ukd_driver_<name>`;
 * everything else in it is static.
 */
#ifndef UKD_DRIVER_H
#define UKD_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* The kit's version; a manifest's `kit` is compared with it. */
#define UKD_KIT_VERSION		1

#define UKD_REGIONS_MAX		6
#define UKD_IRQS_MAX		4

/* What a driver serves. The order is the order of probing. */
enum ukd_class {
	UKD_CLASS_POWER,
	UKD_CLASS_IRQCHIP,
	UKD_CLASS_CONSOLE,
	UKD_CLASS_TIMER,
	UKD_CLASS_RTC,
	UKD_CLASS_BUS,
	UKD_CLASS_PCI_HOST,
	UKD_CLASS_PCI_DEVICE,
	UKD_CLASS_VIRTIO_TRANSPORT,
	UKD_CLASS_NET,
	UKD_CLASS_BLOCK,
	UKD_CLASS_COUNT
};

/* A range of registers: where it is mapped, and its size in bytes. */
struct ukd_region {
	uintptr_t base;
	size_t size;
};

enum ukd_irq_trigger {
	UKD_IRQ_LEVEL,
	UKD_IRQ_EDGE
};

/* An interrupt as its controller numbers it (GIC: the INTID). */
struct ukd_irq {
	uint32_t number;
	enum ukd_irq_trigger trigger;
};

/*
 * One device, with its addresses translated to the root and its interrupts
 * translated by their controller: a node of the tree, or what a bus that is
 * scanned has found.
 */
struct ukd_device {
	const char *path;
	struct ukd_region region[UKD_REGIONS_MAX];	/* size 0: not there */
	unsigned int region_count;
	struct ukd_irq irq[UKD_IRQS_MAX];
	unsigned int irq_count;
	const void *node;	/* for ukd_property(); NULL without a node */
	const char *driver;	/* name of the driver it is given to */
	const void *bus;	/* of the scanned bus that found it, or NULL */
	uint32_t unit;		/* its address on that bus; see <ukd/pci.h> */
};

/* One compatible string and what the driver needs to know of that variant. */
struct ukd_match {
	const char *compatible;
	const void *variant;
};

struct ukd_driver {
	const char *name;
	enum ukd_class class;
	const struct ukd_match *match;	/* ends with a NULL compatible */

	/**
	 * Start one device.
	 *
	 * @param dev valid for the life of the image
	 * @param variant of the entry in `match` that fits
	 *
	 * @return 0, -ENODEV when the device isn't this driver's after all (the
	 *         next match is tried, silently), or another negative errno
	 */
	int (*probe)(const struct ukd_device *dev, const void *variant);
};

/**
 * Find a property of the device's node.
 *
 * What the core has translated, ask the core for: where addresses are built in,
 * reg, ranges, dma-ranges, interrupts, interrupts-extended, interrupt-map and
 * phandle aren't found.
 *
 * @param dev the device
 * @param name of the property
 * @param size set to its size in bytes when found; may be NULL
 *
 * @return its bytes, big-endian as in the tree, or NULL when absent
 *
 * Source: Devicetree Specification v0.4, 2.2.4 and 5.4.
 */
const void *ukd_property(const struct ukd_device *dev, const char *name,
			 size_t *size);

/**
 * Read one entry of `reg` that `region` has no room for, and make it accessible.
 *
 * @param dev a node of the tree
 * @param index of the entry, from 0
 * @param region filled in
 *
 * @return 0, -ENODEV when there is no such entry, -ERANGE when it can't be
 *         reached from the root, or what the host's map returned
 */
int ukd_region(const struct ukd_device *dev, unsigned int index,
	       struct ukd_region *region);

#endif /* UKD_DRIVER_H */
