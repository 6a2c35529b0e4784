/* SPDX-License-Identifier: BSD-3-Clause */
/* The constructors, of which the glue has one with paging. */

#include "glue_test.h"

#include <uk/ctors.h>

void tree_construct(void)
{
	stub_ctor();
}
