/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver of a bus asks of its node, and how it hands on what it found.
 */
#ifndef UKD_BUS_H
#define UKD_BUS_H

#include <ukd/driver.h>

/* One entry of `ranges`, its parent side translated to the root. */
struct ukd_range {
	uint32_t space;		/* first cell of a child address of three, else 0 */
	uint64_t child;		/* start, as devices on the bus see it */
	uint64_t base;		/* start, as the CPU sees it */
	uint64_t size;
};

/**
 * Read one entry of the node's `ranges`.
 *
 * @param dev a node of the tree
 * @param index of the entry, from 0
 * @param range filled in
 *
 * @return 0; -ENODEV when there is no such entry; -EINVAL when the property is
 *         no whole number of entries or the entry overflows; -ERANGE when it
 *         can't be reached from the root
 *
 * Source: Devicetree Specification v0.4, 2.3.8.
 */
int ukd_ranges(const struct ukd_device *dev, unsigned int index,
	       struct ukd_range *range);

/**
 * Translate an address of memory to what a device has to use for it.
 *
 * Without a `dma-ranges` on the way to the root, both are the same.
 *
 * @param dev the device that will access the memory
 * @param address of the memory, as the CPU's bus sees it
 * @param size in bytes
 * @param bus_address set when 0 is returned
 *
 * @return 0, or -ERANGE when the device can't reach all of the memory
 *
 * Source: Devicetree Specification v0.4, 2.3.9.
 */
int ukd_dma_address(const struct ukd_device *dev, uint64_t address, size_t size,
		    uint64_t *bus_address);

/**
 * Translate an interrupt of a device on the bus through the node's
 * `interrupt-map`, down to the bound controller.
 *
 * @param dev the nexus: the bus
 * @param unit the device's unit address, #address-cells of the nexus, each
 *             big-endian as in the tree
 * @param specifier its interrupt specifier, #interrupt-cells of the nexus
 * @param irq filled in
 *
 * @return 0; -ENODEV when no entry fits or no controller is bound; -EINVAL
 *         when the map is malformed or leads in a circle; or what the
 *         controller's translate returned
 *
 * Source: Devicetree Specification v0.4, 2.4.3.
 */
int ukd_irq_map(const struct ukd_device *dev, const uint32_t *unit,
		const uint32_t *specifier, struct ukd_irq *irq);

/**
 * Hand on a device that was found by scanning a bus.
 *
 * It is kept when a linked driver lists one of its strings, and probed when
 * its class's turn comes; at once, if that is past.
 *
 * @param parent the bus; its path begins the device's
 * @param found region, irq, bus and unit are taken from it
 * @param name last part of its path
 * @param compatible its strings, most specific first, each with its zero
 * @param size of all of them, in bytes
 *
 * @return 0, -ENODEV when no linked driver lists one, -ENOMEM
 */
int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *found, const char *name,
		   const char *compatible, size_t size);

#endif /* UKD_BUS_H */
