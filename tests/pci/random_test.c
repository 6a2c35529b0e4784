/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI core on thousands of made-up machines: whatever they are, model.c
 * checks that what was handed on can be reached and overlaps nothing. Then on
 * registers full of noise: it has to end, that is all.
 */

#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

/* xorshift64*: the same machines every time */
static uint32_t below(uint32_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 32) % limit;
}

static void add_bars(struct function *function)
{
	static const uint32_t kinds[] = {
		0, 0, BAR_IO, BAR_PREF, BAR_64, BAR_64 | BAR_PREF,
	};
	unsigned int index;

	for (index = 0; index < function->bars; index++) {
		uint32_t flags = kinds[below(6)];

		if (below(2) || (flags & BAR_64 && index + 1 >= function->bars))
			continue;
		if (flags & BAR_IO)
			model_bar(function, index, 4ULL << below(8), flags);
		else
			model_bar(function, index, 16ULL << below(
				  flags & BAR_64 && below(4) ? 30 : 20), flags);
		index += !!(flags & BAR_64);
	}
}

static void make_narrow(struct function *bridge)
{
	if (below(2)) {		/* I/O: 16 bit, or none */
		memset(bridge->writable + 0x30, 0, 4);
		model_set(bridge, 0x1c, 2, 0);
		if (below(2))
			memset(bridge->writable + 0x1c, 0, 2);
	}
	if (below(2)) {		/* prefetchable: 32 bit, or none */
		memset(bridge->writable + 0x28, 0, 8);
		model_set(bridge, 0x24, 4, 0);
		if (below(2))
			memset(bridge->writable + 0x24, 0, 4);
	}
}

/* Functions in a row on one bus, some of them of one device. */
static void fill_bus(struct function *above, unsigned int depth)
{
	unsigned int slot = 8 * below(4), count = below(5) + 1;

	while (count-- && function_count < 60) {
		struct function *one;

		if (depth && !below(3)) {
			one = model_bridge(above, slot);
			if (below(2))
				make_narrow(one);
			if (below(2))
				add_bars(one);
			model_set(one, 0x18, 4, below(UINT32_MAX));
			model_set(one, 0x0e, 1, 0x81);
			fill_bus(one, depth - 1);
		} else {
			one = model_device(above, slot, (uint16_t)(slot + 1));
			model_set(one, 0x0e, 1, 0x80);
			model_set(one, 0x3d, 1, below(5));
			model_set(one, 0x04, 2, below(8));
			add_bars(one);
		}
		/* the next function, or the first of the next device */
		slot += below(2) ? 1 : 8 - slot % 8;
	}
}

static void make_ranges(void)
{
	range_count = 1 + below(4);
	if (range_count == 4) {		/* prefetchable below 4 GiB */
		ranges[3] = (struct ukd_range){ 0x42000000, 0x80000000,
						0x180000000, 0x10000000 };
		if (below(2))
			ranges[2].size = 0x1000000;
	}
	if (below(2))
		ranges[1].child += 0x1000 * below(64);
	if (below(2))
		ranges[1].size = 0x1000 * (1 + below(2000));
	if (below(2))
		ranges[2].space |= 1U << 30;
}

static unsigned int handed_on;

static void any_machine(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	model_reset();
	first_bus = (uint8_t)below(256);
	last_bus = (uint8_t)(first_bus + below(256U - first_bus));
	make_ranges();
	fill_bus(NULL, below(5));
	CHECK(model_scan() == 0);
	handed_on += found_count;
}

static void scramble(struct function *function, unsigned int offset)
{
	if (!below(8))
		function->config[offset] = (uint8_t)below(256);
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
