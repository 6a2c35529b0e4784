/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers, each mapped to itself when its driver is about to start. */

#include <ukd/core.h>
#include <ukd/errno.h>

#include <uk/plat/memory.h>

int ukd_map(struct ukd_region *region)
{
	const uint64_t limit = uk_memory_limit();

	if (region->base < UK_MEMORY_NULL_END || region->base >= limit ||
	    region->size > limit - region->base)
		return -ERANGE;
	if (uk_ram_has(region->base, region->size))
		return -EBUSY;
	return uk_memory_map_around(region->base, region->size,
				    UK_MEMORY_DEVICE);
}
