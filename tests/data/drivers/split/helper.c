/* SPDX-License-Identifier: BSD-3-Clause */
int split_helper(void);
int split_helper(void)
{
	return 0;
}
