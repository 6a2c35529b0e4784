/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/arch/types.h>

__paddr_t ukplat_virt_to_phys(const volatile void *address);
