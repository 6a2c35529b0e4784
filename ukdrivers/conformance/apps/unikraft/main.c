/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing but a driver is of interest here. */

int main(void)
{
	return 0;
}
