/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/arch/types.h>

#define PAGE_ATTR_PROT_RW			3UL
#define PAGE_ATTR_TYPE_DEVICE_nGnRnE		4UL

typedef char __pte_t;

struct uk_pagetable;

struct uk_pagetable *ukplat_pt_get_active(void);
int ukplat_page_map(struct uk_pagetable *pt, __vaddr_t vaddr, __paddr_t paddr,
		    unsigned long pages, unsigned long attr,
		    unsigned long flags);
int ukplat_page_set_attr(struct uk_pagetable *pt, __vaddr_t vaddr,
			 unsigned long pages, unsigned long attr,
			 unsigned long flags);
int ukplat_pt_walk(struct uk_pagetable *pt, __vaddr_t vaddr,
		   unsigned int *level, __vaddr_t *pt_vaddr, __pte_t *pte);
