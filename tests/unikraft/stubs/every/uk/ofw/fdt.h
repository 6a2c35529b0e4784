/* SPDX-License-Identifier: BSD-3-Clause */
#include <libfdt.h>

int fdt_get_interrupt(const void *fdt, int nodeoffset, uint32_t index,
		      int *size, fdt32_t **prop);
