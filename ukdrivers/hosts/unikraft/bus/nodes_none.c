/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform bus of an image that reads no device tree. */

#include "bus.h"

#include <errno.h>

int ukd_bus_probe(struct uk_alloc *a __unused)
{
	return -ENODEV;
}
