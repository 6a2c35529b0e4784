/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI core on thousands of made-up machines: whatever they are, model.c
 * checks that what was handed on can be reached and overlaps nothing. Then on
 * registers full of noise: it has to end, that is all.
 */

#include "machines.h"

#include <stdio.h>
#include <stdlib.h>

static const unsigned int functions_wanted = 60;
static uint64_t state;

/* xorshift64*: the same machines every time */
static uint32_t below(uint32_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 32) % limit;
}

static unsigned int handed_on;

static void any_machine(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	model_reset();
	make_machine();
	CHECK(model_scan() == 0);
	handed_on += found_count;
}

static void any_noise(uint64_t seed)
{
	unsigned int i, offset;

	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	model_reset();
	last_bus = (uint8_t)below(8);
	fill_bus(NULL, 3);
	for (i = 0; i < function_count; i++) {
		struct function *one = &functions[i];

		for (offset = 4; offset < 0x100; offset++) {
			if (!below(3))
				one->config[offset] = (uint8_t)below(256);
			if (!below(3))
				one->writable[offset] = (uint8_t)below(256);
		}
	}
	on_access = below(2) ? scramble : NULL;
	model_noise();
}

int main(int count, char **arguments)
{
	uint64_t machines = count > 1 ? strtoull(arguments[1], NULL, 0) : 2000;
	uint64_t seed;

	for (seed = 0; seed < machines; seed++)
		any_machine(seed);
	CHECK(handed_on > machines);
	for (seed = 0; seed < machines; seed++)
		any_noise(seed);
	return fake_report();
}
