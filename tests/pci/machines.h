/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any machine, as below() has it: a test's random numbers, or a fuzzer's input.
 */
#ifndef MACHINES_H
#define MACHINES_H

#include "model.h"

#include <string.h>

/** Of whoever includes this: the most functions that a machine has, or one more. */
static const unsigned int functions_wanted;

/** The same: a number from 0, less than the limit. */
static uint32_t below(uint32_t limit);

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

	while (count-- && function_count < functions_wanted) {
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

/* On an empty model. */
static void make_machine(void)
{
	first_bus = (uint8_t)below(256);
	last_bus = (uint8_t)(first_bus + below(256U - first_bus));
	make_ranges();
	fill_bus(NULL, below(5));
}

/* Now and then, what is read changes by itself. */
static void scramble(struct function *function, unsigned int offset)
{
	if (!below(8))
		function->config[offset] = (uint8_t)below(256);
}

#endif /* MACHINES_H */
