/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver core, for hosts: one pass over the device tree finds every match,
 * or what is built in stands for it; then the devices are probed class by class. What is below a bus that has a
 * driver is probed after it, whatever its class, or left out when that failed.
 */
#ifndef UKD_CORE_H
#define UKD_CORE_H

#include <ukd/driver.h>

#include <stdbool.h>

#define UKD_MEMORY_MAX		8
#define UKD_RESERVED_MAX	16

/* What the pass found besides devices. */
struct ukd_tree {
	const char *model;		/* of the root node, or "" */
	struct ukd_region memory[UKD_MEMORY_MAX];
	unsigned int memory_count;
	struct ukd_region reserved[UKD_RESERVED_MAX];	/* in /reserved-memory */
	unsigned int reserved_count;
	const char *irqchip;		/* node of the root's interrupt parent */
	const char *irqchip_compatible;	/* its first compatible string, or NULL */
};

/**
 * Walk the flattened device tree once; remember memory and matching nodes.
 *
 * Nodes below a PCI host aren't matched: its scan finds those devices.
 *
 * Touches nothing but the tree and its own static state, so it can run before
 * device memory is mapped.
 *
 * @param blob the tree, 8-byte aligned
 * @param limit how many bytes of it may be read
 * @param tree filled in
 *
 * @return 0, -EINVAL when the tree is malformed (nothing is remembered then)
 *
 * Source: Devicetree Specification v0.4, chapter 5.
 */
int ukd_scan(const void *blob, size_t limit, struct ukd_tree *tree);

/**
 * Find the devices where their drivers have them from: the device tree, what is
 * built in, or what was given by hand.
 *
 * @param blob, limit as ukd_scan(); unused when no tree is needed
 * @param tree filled in, from what is built in when nothing scans
 *
 * @return 0, -EINVAL when the tree is malformed, or -ENODEV when it isn't the
 *         one that was built in: that is logged, and the devices are
 *         remembered, so that a console can be had to say it on
 */
int ukd_find(const void *blob, size_t limit, struct ukd_tree *tree);

/** Whether ukd_find() needs the device tree. */
bool ukd_needs_tree(void);

/**
 * Probe every device the pass remembered, by class, in tree order within one.
 *
 * The console that /chosen/stdout-path names is the first of its class.
 * A device whose probe fails is reported and left; the rest goes on.
 *
 * @return how many devices are bound
 */
unsigned int ukd_probe(void);

/**
 * Probe the devices of some classes, for a host that starts them one by one.
 *
 * A device probed before the interrupt controller gets no interrupts. Call it
 * once for each class.
 *
 * @param first class to be probed
 * @param last class to be probed, not before `first`
 *
 * @return how many devices are bound
 */
unsigned int ukd_probe_classes(enum ukd_class first, enum ukd_class last);

/** @return a device that is bound to its driver, from 0, or NULL: no more */
const struct ukd_device *ukd_bound_device(unsigned int index);

/** Whether a driver for a compatible string is in the image. */
bool ukd_has_driver(const char *compatible);

/**
 * Count the root's interrupt parent as bound, for a host that drives it itself.
 *
 * Devices that are probed from then on have their interrupts, as the host's
 * ukd_irq_translate() understands them.
 *
 * @return false when the tree names none, or a driver's is bound already
 */
bool ukd_adopt_irqchip(void);

/**
 * Make a device's registers accessible; of the host, called by the core before
 * the device's first probe.
 *
 * @param region physical; its base becomes the address to be used
 *
 * @return 0, or a negative errno: the device is left then
 */
int ukd_map(struct ukd_region *region);

#endif /* UKD_CORE_H */
