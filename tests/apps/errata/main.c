/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the sequences and prints "near N, far N, product N". */

#include <stdint.h>
#include <stdio.h>

uint64_t read_near(const uint64_t *other);
uint64_t read_far(const uint64_t *other);
uint64_t multiply(const uint64_t *other, uint64_t one, uint64_t two);

extern uint64_t far_value;

int main(void)
{
	static const uint64_t other = 7;

	far_value = 2000;
	printf("near %lu, far %lu, product %lu\n", read_near(&other),
	       read_far(&other), multiply(&other, 20, 30));
	return 0;
}
