/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the platform bus share. */
#ifndef UKD_BUS_H
#define UKD_BUS_H

#include <uk/alloc.h>
#include <uk/bus/platform.h>

/**
 * Offer a device to the drivers that know a compatible string.
 *
 * @param dev with its node; else zero, and zero again unless 0 is returned
 *
 * @return 0 when a driver keeps it, -ENODEV when none wants it, or what the
 *         driver returned that failed
 */
int ukd_bus_offer(struct pf_device *dev, const char *compatible);

/** Offer every enabled node of the image's device tree. */
int ukd_bus_probe(struct uk_alloc *a);

#endif /* UKD_BUS_H */
