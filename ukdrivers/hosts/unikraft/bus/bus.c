/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform bus: its drivers, and which of them gets a device.
 *
 * Leaves out: devices found in other ways than by the device tree.
 */

#include "bus.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <uk/ctors.h>
#include <uk/print.h>

/* State */

static struct pf_driver_list drivers = UK_TAILQ_HEAD_INITIALIZER(drivers);
static struct uk_alloc *allocator;

/* Helpers */

static bool knows(const struct pf_driver *driver, const char *compatible)
{
	int id;

	if (!driver->match || !driver->device_ids)
		return false;
	id = driver->match(compatible);
	return id >= 0 && (__u16)id == driver->device_ids->device_id;
}

static int start(struct pf_driver *driver, struct pf_device *dev)
{
	int rc;

	dev->id = *driver->device_ids;
	dev->drv = driver;
	rc = driver->probe(dev);
	return rc < 0 ? rc : driver->add_dev(dev);
}

/* Devices */

int ukd_bus_offer(struct pf_device *dev, const char *compatible)
{
	struct pf_driver *driver;
	int node = dev->fdt_offset, rc;

	UK_TAILQ_FOREACH(driver, &drivers, next) {
		if (!knows(driver, compatible))
			continue;
		rc = start(driver, dev);
		if (rc >= 0)
			return 0;
		memset(dev, 0, sizeof(*dev));
		dev->fdt_offset = node;
		if (rc != -ENODEV)
			return rc;
	}
	return -ENODEV;
}

/* Drivers */

void _pf_register_driver(struct pf_driver *driver)
{
	UK_TAILQ_INSERT_TAIL(&drivers, driver, next);
}

static int bus_init(struct uk_alloc *a)
{
	struct pf_driver *driver, *next;
	int rc;

	allocator = a;
	UK_TAILQ_FOREACH_SAFE(driver, &drivers, next, next) {
		rc = driver->init ? driver->init(a) : 0;
		if (!rc)
			continue;
		uk_pr_err("driver %#x left out: error %d\n",
			  driver->device_ids ? driver->device_ids->device_id : 0,
			  rc);
		UK_TAILQ_REMOVE(&drivers, driver, next);
	}
	return 0;
}

static int bus_probe(void)
{
	return ukd_bus_probe(allocator);
}

static struct uk_bus bus = {
	.init = bus_init,
	.probe = bus_probe,
};

/* before PCI, whose host bridge is a device here */
UK_BUS_REGISTER_PRIORITY(&bus, 1);
