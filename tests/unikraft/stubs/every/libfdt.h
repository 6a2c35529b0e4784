/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_LIBFDT_H
#define STUB_LIBFDT_H

#include <stdint.h>

typedef uint32_t fdt32_t;

#define FDT_ERR_NOTFOUND	1
#define FDT_ERR_BADVALUE	15

int fdt_node_offset_by_compatible(const void *fdt, int startoffset,
				  const char *compatible);
const void *fdt_getprop(const void *fdt, int nodeoffset, const char *name,
			int *lenp);

#endif /* STUB_LIBFDT_H */
