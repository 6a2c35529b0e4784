/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mapping a device's registers where the platform has page tables.
 *
 * Supports: regions of which some pages are mapped already. What stands in the
 *           page tables is gone through entry by entry, since a mapping is
 *           refused as a whole and new attributes are given only to what is
 *           mapped; and with large entries, as page tables are from a heap.
 */

#include <stddef.h>
#include <uk/arch/paging.h>
#include <uk/bus/platform.h>
#include <uk/errptr.h>
#include <uk/plat/paging.h>

#ifdef CONFIG_ARCH_ARM_64
#define ATTRIBUTES	(PAGE_ATTR_PROT_RW | PAGE_ATTR_TYPE_DEVICE_nGnRnE)
#else
#define ATTRIBUTES	PAGE_ATTR_PROT_RW
#endif

/* Map the pages from one on that stand in one entry of a page table. */
static int map_entry(struct uk_pagetable *pt, __vaddr_t page, __vaddr_t end,
		     __vaddr_t *next)
{
	unsigned int level = PAGE_LEVEL;
	unsigned long count;
	__pte_t entry;
	int rc = ukplat_pt_walk(pt, page, &level, NULL, &entry);

	if (rc)
		return rc;
	*next = PAGE_Lx_ALIGN_DOWN(page, level) + PAGE_Lx_SIZE(level);
	if (*next > end)
		*next = end;
	count = (*next - page) / PAGE_SIZE;
	if (PT_Lx_PTE_PRESENT(entry, level))
		return ukplat_page_set_attr(pt, page, count, ATTRIBUTES, 0);
	return ukplat_page_map(pt, page, page, count, ATTRIBUTES, 0);
}

__vaddr_t uk_bus_pf_devmap(__u64 base, __sz size)
{
	struct uk_pagetable *pt = ukplat_pt_get_active();
	__vaddr_t page = PAGE_ALIGN_DOWN(base);
	__vaddr_t end = PAGE_ALIGN_UP(base + size);
	int rc = 0;

	while (!rc && page < end)
		rc = map_entry(pt, page, end, &page);
	return rc ? (__vaddr_t)ERR2PTR(rc) : (__vaddr_t)base;
}
