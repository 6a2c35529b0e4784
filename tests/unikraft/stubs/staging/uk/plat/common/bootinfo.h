/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_BOOTINFO_H
#define STUB_BOOTINFO_H

#include <uk/arch/types.h>

#define UKPLAT_MEMRT_DEVICE	0x0200
#define UKPLAT_MEMRF_READ	0x0001
#define UKPLAT_MEMRF_WRITE	0x0002

struct ukplat_memregion_desc {
	__paddr_t pbase;
	__vaddr_t vbase;
	__u64 pg_off;
	__sz len;
	__u64 pg_count;
	__u16 type;
	__u16 flags;
};

struct ukplat_memregion_list {
	__u32 count;
};

struct ukplat_bootinfo {
	__u64 dtb;
	struct ukplat_memregion_list mrds;
};

struct ukplat_bootinfo *ukplat_bootinfo_get(void);
int ukplat_memregion_list_insert(struct ukplat_memregion_list *list,
				 const struct ukplat_memregion_desc *mrd);

#endif /* STUB_BOOTINFO_H */
