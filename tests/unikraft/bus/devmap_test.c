/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mapping on page tables of sixteen pages; `.` is a free page, `m` memory, `d`
 * device memory, `x` one that is refused, and four of `M` are one large page.
 * Four free pages, aligned, have no table. What is done is counted.
 *
 * devmap_test PAGES BASE SIZE
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/arch/paging.h>
#include <uk/bus/platform.h>
#include <uk/errptr.h>
#include <uk/plat/paging.h>

#define DEVICE	(PAGE_ATTR_PROT_RW | PAGE_ATTR_TYPE_DEVICE_nGnRnE)

static char pages[17];
static unsigned int calls;

struct uk_pagetable *ukplat_pt_get_active(void)
{
	return (void *)pages;
}

/* As the interface has it: stops at the first page that is there. */
int ukplat_page_map(struct uk_pagetable *pt, __vaddr_t vaddr, __paddr_t paddr,
		    unsigned long count, unsigned long attr,
		    unsigned long flags)
{
	unsigned long i, first = vaddr / PAGE_SIZE;

	calls++;
	if (vaddr != paddr || vaddr % PAGE_SIZE || attr != DEVICE || flags || !pt)
		return -EINVAL;
	for (i = first; i < first + count; i++) {
		if (pages[i] == 'x')
			return -ENOMEM;
		if (pages[i] != '.')
			return -EEXIST;
		pages[i] = 'd';
	}
	return 0;
}

/* As the interface has it: passes over the pages that aren't there. */
int ukplat_page_set_attr(struct uk_pagetable *pt, __vaddr_t vaddr,
			 unsigned long count, unsigned long attr,
			 unsigned long flags)
{
	unsigned long i, first = vaddr / PAGE_SIZE;

	calls++;
	if (attr != DEVICE || flags || !pt)
		return -EINVAL;
	for (i = first; i < first + count; i++) {
		if (pages[i] == 'm' || pages[i] == 'M')
			pages[i] = 'd';
	}
	return 0;
}

int ukplat_pt_walk(struct uk_pagetable *pt, __vaddr_t vaddr,
		   unsigned int *level, __vaddr_t *pt_vaddr, __pte_t *pte)
{
	const char *four = &pages[vaddr / PAGE_SIZE & ~3UL];

	if (!pt || pt_vaddr || *level != PAGE_LEVEL)
		return -EINVAL;
	*level = !memcmp(four, "....", 4) || *four == 'M';
	*pte = pages[vaddr / PAGE_SIZE];
	return 0;
}

int main(int argc, char **argv)
{
	__vaddr_t base;

	if (argc != 4)
		return 2;
	strncpy(pages, argv[1], sizeof(pages) - 1);
	base = uk_bus_pf_devmap(strtoul(argv[2], NULL, 0),
				strtoul(argv[3], NULL, 0));
	if (PTRISERR(base))
		printf("%s %d", pages, PTR2ERR(base));
	else
		printf("%s %#lx", pages, base);
	printf(" calls %u\n", calls);
	return 0;
}
