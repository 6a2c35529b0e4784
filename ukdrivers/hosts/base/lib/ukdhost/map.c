/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers: all are mapped before the first probe, each to itself. */

#include <ukd/core.h>
#include <ukd/errno.h>

#include <uk/plat/memory.h>

int ukd_map(struct ukd_region *region)
{
	if (region->base < UK_MEMORY_NULL_END ||
	    region->base >= UK_MEMORY_LIMIT ||
	    region->size > UK_MEMORY_LIMIT - region->base)
		return -ERANGE;
	return 0;
}
