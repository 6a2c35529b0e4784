/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RAM: what of the banks is mapped, and what of that nobody has.
 *
 * Mapped are whole blocks. Kept from everybody: the image, the device tree, the
 * memory reservation block's ranges and /reserved-memory; of the latter the
 * blocks aren't mapped either, since a device may use them uncached.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), 3.4, 3.5, 5.3.
 */

#include "ram.h"

#include <ukd/bits.h>
#include <ukd/log.h>

#include <uk/arch/paging.h>
#include <uk/plat/memory.h>

#define RANGES_MAX	24

struct ranges {
	unsigned int count;
	struct uk_range range[RANGES_MAX];
};

static struct ranges mapped, unused;
static struct uk_range paged;

/* From the linker script. */
extern char uk_image_start[], uk_image_end[];

/* Ranges */

static uint64_t down(uint64_t address)
{
	return address / UK_BLOCK_SIZE * UK_BLOCK_SIZE;
}

/* Addresses whose block is the last one end there. */
static uint64_t up(uint64_t address)
{
	uint64_t block = down(address);

	return block == address || block + UK_BLOCK_SIZE < block
		       ? block : block + UK_BLOCK_SIZE;
}

static uint64_t end_of(uint64_t base, uint64_t size)
{
	return base + size < base ? UINT64_MAX : base + size;
}

/* Without room for both parts of a range the second one is lost. */
static void exclude(struct ranges *list, uint64_t first, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		struct uk_range *range = &list->range[i];
		struct uk_range behind = { end, range->end };

		if (first >= range->end || end <= range->first || first >= end)
			continue;
		if (end < range->end && first > range->first) {
			if (list->count < RANGES_MAX)
				list->range[list->count++] = behind;
			range->end = first;
		} else if (end < range->end) {
			range->first = end;
		} else if (first > range->first) {
			range->end = first;
		} else {
			*range = list->range[--list->count];
			i--;	/* the one that stands here now */
		}
	}
}

/* Each address once, whatever the tree says. */
static void include(struct ranges *list, uint64_t first, uint64_t end)
{
	if (first >= end)
		return;
	exclude(list, first, end);
	if (list->count < RANGES_MAX)
		list->range[list->count++] = (struct uk_range){ first, end };
}

/* What isn't there to be had */

static void exclude_blocks(uint64_t first, uint64_t end)
{
	exclude(&mapped, down(first), up(end));
	exclude(&unused, down(first), up(end));
}

/* Its blocks are mapped already, read-only. */
static void exclude_tree(const uint32_t *blob)
{
	uint64_t base = (uintptr_t)blob;

	exclude(&unused, down(base), up(base + ukd_be32(blob[1])));
}

/* The rest of the block that is mapped by pages isn't mapped. */
static void exclude_image(void)
{
	uint64_t first = down((uintptr_t)uk_image_start);
	uint64_t end = (uintptr_t)uk_image_end;

	exclude(&unused, first, first + UK_BLOCK_SIZE);
	exclude(&unused, first, end);
}

/* Pairs of 64-bit numbers, the last one 0, 0. DTSpec 5.3.2. */
static void exclude_reservations(const uint32_t *blob)
{
	uint32_t size = ukd_be32(blob[1]), offset = ukd_be32(blob[4]);
	const uint32_t *cell = blob + offset / sizeof(*blob);
	const uint32_t *last = blob + size / sizeof(*blob) - 4;

	if (offset % 8 || offset >= size)
		return;
	for (; cell <= last; cell += 4) {
		uint64_t base = (uint64_t)ukd_be32(cell[0]) << 32 |
				ukd_be32(cell[1]);
		uint64_t bytes = (uint64_t)ukd_be32(cell[2]) << 32 |
				 ukd_be32(cell[3]);

		if (!base && !bytes)
			return;
		exclude(&unused, base, end_of(base, bytes));
	}
}

/* Put blocks aside that are to be mapped by pages. */
static void set_aside(uint64_t size)
{
	unsigned int i;

	for (i = 0; size && i < unused.count; i++) {
		uint64_t end = down(unused.range[i].end);

		if (end < size || end - size < unused.range[i].first)
			continue;
		paged = (struct uk_range){ end - size, end };
		exclude_blocks(paged.first, paged.end);
		return;
	}
	if (size)
		ukd_warn(NULL, "memory: no %zu bytes for stacks of threads", size);
}

/* Of the boot library */

void uk_ram_set_up(const struct ukd_tree *tree, const void *blob)
{
	const uint64_t limit = uk_memory_limit();
	unsigned int i;

	for (i = 0; i < tree->memory_count; i++) {
		const struct ukd_region *bank = &tree->memory[i];
		uint64_t end = down(end_of(bank->base, bank->size));

		if (end > limit)
			ukd_warn(NULL, "memory %#lx+%#zx: not all of it can be mapped",
				 bank->base, bank->size);
		include(&mapped, up(bank->base), end < limit ? end : limit);
	}
	unused = mapped;

	for (i = 0; i < tree->reserved_count; i++)
		exclude_blocks(tree->reserved[i].base,
			       end_of(tree->reserved[i].base,
				      tree->reserved[i].size));
	if (blob) {
		exclude_tree(blob);
		exclude_reservations(blob);
	}
	exclude_image();
	set_aside((uint64_t)UK_PAGED_BLOCKS * UK_BLOCK_SIZE);

	for (i = 0; i < mapped.count; i++) {
		const struct uk_range *range = &mapped.range[i];

		if (uk_memory_map(range->first, range->end, UK_MEMORY_RAM))
			ukd_warn(NULL, "memory %#lx: not all of it can be mapped",
				 range->first);
	}
}

/* Of the platform */

bool uk_ram_free(unsigned int index, struct uk_range *range)
{
	if (index >= unused.count)
		return false;
	*range = unused.range[index];
	return true;
}

struct uk_range uk_ram_paged(void)
{
	return paged;
}

bool uk_ram_has(uint64_t base, uint64_t size)
{
	uint64_t end = end_of(base, size);
	unsigned int i;

	for (i = 0; i < mapped.count; i++) {
		if (base < mapped.range[i].end && end > mapped.range[i].first)
			return true;
	}
	return base < paged.end && end > paged.first;
}
