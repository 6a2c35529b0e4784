/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_BOOTINFO_H
#define STUB_BOOTINFO_H

#include <uk/arch/types.h>

struct ukplat_bootinfo {
	__u64 dtb;
};

struct ukplat_bootinfo *ukplat_bootinfo_get(void);

#endif /* STUB_BOOTINFO_H */
