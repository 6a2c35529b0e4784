/* SPDX-License-Identifier: BSD-3-Clause */
/* The console as releases up to 0.17.0 have it. */

#include "glue_test.h"

#include <uk/plat/console.h>

void tree_out(const char *text, size_t size)
{
	(void)ukplat_coutk(text, (unsigned int)size);
}

int tree_in(char *text, size_t size)
{
	return ukplat_cink(text, (unsigned int)size);
}

void tree_start_early(void)
{
}
