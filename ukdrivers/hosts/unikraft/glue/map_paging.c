/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers with paging: under the boot code's page tables they are mapped to
 * themselves, under the platform's own ones they have to be mapped.
 */

#include "glue.h"

#include <uk/bus/platform.h>
#include <uk/ctors.h>
#include <uk/errptr.h>

static bool is_on;	/* the platform's page tables */

void ukd_host_mapping_starts(void)
{
	is_on = true;
}

bool ukd_host_can_map(void)
{
	return is_on;
}

int ukd_map(struct ukd_region *region)
{
	__vaddr_t base;

	if (!is_on)
		return 0;
	base = uk_bus_pf_devmap(region->base, region->size);
	if (PTRISERR(base))
		return PTR2ERR(base);
	region->base = base;
	return 0;
}

/* At the latest, should no controller of the kit have said so. */
UK_CTOR(ukd_host_mapping_starts);
