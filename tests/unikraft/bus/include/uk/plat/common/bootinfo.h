/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/arch/types.h>

struct ukplat_bootinfo {
	__u64 dtb;
};

struct ukplat_bootinfo *ukplat_bootinfo_get(void);
