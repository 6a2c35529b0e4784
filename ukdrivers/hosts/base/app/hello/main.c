/* SPDX-License-Identifier: BSD-3-Clause */
/* The least there is to boot. */

#include <stdio.h>

int main(void)
{
	puts("hello");
	return 0;
}
