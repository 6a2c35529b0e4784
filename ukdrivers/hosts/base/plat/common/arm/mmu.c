/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of 1 GiB and 2 MiB, added to the tables that mmu_on.S made.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, VMSAv8-64 translation
 *         table descriptors; TLB maintenance (an invalid entry is never cached).
 */

#include <uk/arch/paging.h>
#include <uk/plat/memory.h>

#include <string.h>
#include <ukd/errno.h>

/* Entries are addresses and bits below 4 KiB or from bit 50 on. */
#define ADDRESS_MASK	UINT64_C(0x0000fffffffff000)

_Static_assert(UK_MEMORY_LIMIT == UINT64_C(1) << UK_ADDRESS_BITS, "TCR_EL1");

extern uint64_t uk_tables[UK_TABLE_COUNT][UK_ENTRIES];

static unsigned int tables_used = UK_TABLES_AT_BOOT;

static const uint64_t attributes[] = {
	[UK_MEMORY_READ_ONLY] = UK_MAP_RODATA,
	[UK_MEMORY_RAM] = UK_MAP_DATA,
	[UK_MEMORY_DEVICE] = UK_MAP_DEVICE,
};

/* The tables are mostly empty, and their walks are half of what boot costs here. */
#define LIKELY(condition)	__builtin_expect(!!(condition), 1)

/* Give every invalid entry among the first `count` its block. */
static void fill(uint64_t *entry, size_t count, uint64_t block, uint64_t step)
{
	const uint64_t *end = entry + count;

#pragma GCC unroll 8
	for (; entry != end; entry++, block += step) {
		if (LIKELY(!*entry))
			*entry = block;
	}
}

/* The level 2 table below a level 1 entry, or NULL when there is none left. */
static uint64_t *table_below(uint64_t *entry)
{
	uint64_t *table;

	if (*entry)
		return (uint64_t *)(uintptr_t)(*entry & ADDRESS_MASK);
	if (tables_used == UK_TABLE_COUNT)
		return NULL;

	table = uk_tables[tables_used++];
	memset(table, 0, UK_PAGE_SIZE);
	/* Zeros before the entry that leads to them: the walker sees it at once. */
	__asm__ __volatile__("dmb ishst" : : : "memory");
	*entry = (uint64_t)(uintptr_t)table | UK_TABLE;
	return table;
}

static int is_block(uint64_t entry)
{
	return (entry & UK_TABLE) == UK_BLOCK;
}

/*
 * The image's own 2 MiB are mapped by pages. What those leave free stays free,
 * except for a device tree that the boot loader put there.
 */
static void fill_around_image(uint64_t *entry, size_t count, uint64_t block)
{
	const uint64_t *end = entry + count;

	for (; entry != end; entry++, block += UK_BLOCK_SIZE) {
		if ((*entry & UK_TABLE) == UK_TABLE)
			fill((uint64_t *)(uintptr_t)(*entry & ADDRESS_MASK),
			     UK_ENTRIES, block | UK_PAGE, UK_PAGE_SIZE);
	}
}

/* Map a part of one GiB. */
static int map_part(uint64_t first, uint64_t end, uint64_t bits)
{
	size_t count = (end - first) / UK_BLOCK_SIZE;
	uint64_t *table = &uk_tables[0][first / UK_GIB_SIZE];

	if (is_block(*table))
		return 0;
	table = table_below(table);
	if (!table)
		return -ENOMEM;

	table += first / UK_BLOCK_SIZE % UK_ENTRIES;
	fill(table, count, first | bits, UK_BLOCK_SIZE);
	if (bits & UK_READ_ONLY)
		fill_around_image(table, count, first | bits);
	return 0;
}

/* Map whole GiBs: by one block where nothing is mapped yet, else by parts. */
static void map_whole(uint64_t first, uint64_t end, uint64_t bits)
{
	const uint64_t *last = &uk_tables[0][end / UK_GIB_SIZE];
	uint64_t *entry = &uk_tables[0][first / UK_GIB_SIZE];

#pragma GCC unroll 8
	for (; entry != last; entry++, first += UK_GIB_SIZE) {
		if (LIKELY(!*entry))
			*entry = first | bits;
		else if (!is_block(*entry))
			map_part(first, first + UK_GIB_SIZE, bits);
	}
}

static uint64_t lower(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

int uk_memory_map(uint64_t first, uint64_t end, enum uk_memory kind)
{
	uint64_t bits = attributes[kind] | UK_BLOCK;
	uint64_t mapped_end = lower(end, UK_MEMORY_LIMIT);
	int rc = 0;

	while (!rc && first < mapped_end) {
		uint64_t next = (first / UK_GIB_SIZE + 1) * UK_GIB_SIZE;
		uint64_t whole_end = mapped_end / UK_GIB_SIZE * UK_GIB_SIZE;

		if (first % UK_GIB_SIZE == 0 && whole_end > first) {
			map_whole(first, whole_end, bits);
			first = whole_end;
		} else {
			next = lower(next, mapped_end);
			rc = map_part(first, next, bits);
			first = next;
		}
	}

	/* Entries before the first access to what they map. */
	__asm__ __volatile__("dsb ishst\n\tisb" : : : "memory");
	return rc ? rc : mapped_end < end ? -ERANGE : 0;
}

/* Both ends of a range, rounded; a range that wraps ends at the last block. */
static uint64_t end_of(uint64_t base, size_t size)
{
	return base + size < base ? -(uint64_t)UK_BLOCK_SIZE : base + size;
}

int uk_memory_map_around(uint64_t base, size_t size, enum uk_memory kind)
{
	uint64_t end = lower(end_of(base, size), -(uint64_t)UK_BLOCK_SIZE);

	return uk_memory_map(base / UK_BLOCK_SIZE * UK_BLOCK_SIZE,
			     (end + UK_BLOCK_SIZE - 1) / UK_BLOCK_SIZE *
			     UK_BLOCK_SIZE, kind);
}

int uk_memory_map_within(uint64_t base, size_t size, enum uk_memory kind)
{
	uint64_t first = lower(base, -(uint64_t)UK_BLOCK_SIZE);

	return uk_memory_map((first + UK_BLOCK_SIZE - 1) / UK_BLOCK_SIZE *
			     UK_BLOCK_SIZE,
			     end_of(base, size) / UK_BLOCK_SIZE *
			     UK_BLOCK_SIZE, kind);
}
