/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/arch/types.h>

__vaddr_t uk_bus_pf_devmap(__u64 base, __sz size);
