/* SPDX-License-Identifier: BSD-3-Clause */
#include "glue_test.h"

void tree_construct(void)
{
}
