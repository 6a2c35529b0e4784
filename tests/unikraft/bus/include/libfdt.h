/* SPDX-License-Identifier: BSD-3-Clause */
/* What the look-ups use of the tree library. */
#ifndef LIBFDT_H
#define LIBFDT_H

#include <stdint.h>

#define FDT_ERR_NOTFOUND	1
#define FDT_ERR_BADNCELLS	14
#define FDT_MAX_NCELLS		4

struct fdt_property {
	uint32_t tag;
	uint32_t len;
	uint32_t nameoff;
	char data[];
};

#endif /* LIBFDT_H */
