/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/plat/common/bootinfo.h>

/* Where a test finds it. */
#define UK_BOOT_EARLYTAB_ENTRY(function, prio)				\
	int (*const stub_early)(struct ukplat_bootinfo *bi) = (function); \
	const int stub_early_prio = (prio)

extern int (*const stub_early)(struct ukplat_bootinfo *bi);
extern const int stub_early_prio;
