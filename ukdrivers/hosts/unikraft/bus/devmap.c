/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mapping a device's registers where the platform has page tables.
 *
 * Supports: regions of which some pages are mapped already; these are then
 *           gone through page by page, since a mapping is refused as a whole
 *           and new attributes are given only to what is mapped.
 */

#include <errno.h>
#include <uk/arch/paging.h>
#include <uk/bus/platform.h>
#include <uk/errptr.h>
#include <uk/plat/paging.h>

#ifdef CONFIG_ARCH_ARM_64
#define ATTRIBUTES	(PAGE_ATTR_PROT_RW | PAGE_ATTR_TYPE_DEVICE_nGnRnE)
#else
#define ATTRIBUTES	PAGE_ATTR_PROT_RW
#endif

static int map_page(struct uk_pagetable *pt, __vaddr_t page)
{
	int rc = ukplat_page_map(pt, page, page, 1, ATTRIBUTES, 0);

	if (rc == -EEXIST)
		rc = ukplat_page_set_attr(pt, page, 1, ATTRIBUTES, 0);
	return rc;
}

__vaddr_t uk_bus_pf_devmap(__u64 base, __sz size)
{
	struct uk_pagetable *pt = ukplat_pt_get_active();
	__vaddr_t page = PAGE_ALIGN_DOWN(base);
	__vaddr_t end = PAGE_ALIGN_UP(base + size);
	int rc;

	rc = ukplat_page_map(pt, page, page, (end - page) / PAGE_SIZE,
			     ATTRIBUTES, 0);
	if (rc == -EEXIST) {
		for (rc = 0; !rc && page < end; page += PAGE_SIZE)
			rc = map_page(pt, page);
	}
	return rc ? (__vaddr_t)ERR2PTR(rc) : (__vaddr_t)base;
}
