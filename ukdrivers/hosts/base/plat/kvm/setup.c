/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the architecture's entry to the boot library: find the device tree.
 *
 * Source: "Booting AArch64 Linux" (Linux, Documentation/arch/arm64/booting.rst),
 *         section 2; Devicetree Specification v0.4, 5.2.
 */

#include <uk/arch/paging.h>
#include <uk/plat/boot.h>
#include <uk/plat/memory.h>
#include <uk/plat/power.h>

#include <stdint.h>
#include <ukd/core.h>

/* A tree is no larger, wherever it starts. */
#define TREE_MAX	0x200000

#define TREE_ALIGN	8

/**
 * Map the tree: the block it starts in, then those it says it fills.
 *
 * @return how many bytes from its start may be read; 0: none
 */
static size_t map_tree(const uint32_t *blob)
{
	uintptr_t base = (uintptr_t)blob;
	size_t mapped = UK_BLOCK_SIZE - base % UK_BLOCK_SIZE;
	size_t size;

	if (!base || base % TREE_ALIGN)
		return 0;
	if (uk_memory_map_around(base, 1, UK_MEMORY_READ_ONLY))
		return 0;
	if (mapped >= TREE_MAX)
		return TREE_MAX;

	size = __builtin_bswap32(blob[1]);	/* totalsize */
	if (size <= mapped)
		return mapped;
	if (size > TREE_MAX ||
	    uk_memory_map_around(base, size, UK_MEMORY_READ_ONLY))
		return 0;
	return size;
}

void uk_plat_start(const void *blob)
{
	size_t limit;

	if (!ukd_needs_tree())
		uk_boot(NULL, 0);
	limit = map_tree(blob);
	if (!limit)
		uk_halt("no device tree at %p", blob);
	uk_boot(blob, limit);
}
