/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of 1 GiB and 2 MiB, and pages, added to the tables that mmu_on.S made.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, VMSAv8-64 translation
 *         table descriptors; ID_AA64MMFR0_EL1; TLB maintenance (an invalid
 *         entry is never cached).
 */

#include <uk/arch/paging.h>
#include <uk/arch/sysreg.h>
#include <uk/plat/memory.h>

#include <string.h>
#include <ukd/errno.h>

/* Entries are addresses and bits below 4 KiB or from bit 50 on. */
#define ADDRESS_MASK	UINT64_C(0x0000fffffffff000)

extern uint64_t uk_tables[UK_TABLE_COUNT][UK_ENTRIES];

static unsigned int tables_used = UK_TABLES_AT_BOOT;

static const uint64_t attributes[] = {
	[UK_MEMORY_READ_ONLY] = UK_MAP_RODATA,
	[UK_MEMORY_RAM] = UK_MAP_DATA,
	[UK_MEMORY_DEVICE] = UK_MAP_DEVICE,
};

/* The tables are mostly empty. */
#define LIKELY(condition)	__builtin_expect(!!(condition), 1)

uint64_t uk_memory_limit(void)
{
	/* ID_AA64MMFR0_EL1.PARange; beyond 48 bits is no use. */
	static const unsigned char bits[] = { 32, 36, 40, 42, 44 };
	unsigned int range = uk_read_id_aa64mmfr0_el1() & 0xf;

	return UINT64_C(1) << (range < sizeof(bits) ? bits[range]
						    : UK_ADDRESS_BITS);
}

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

static int is_block(uint64_t entry)
{
	return (entry & UK_TABLE) == UK_BLOCK;
}

static uint64_t *table_of(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & ADDRESS_MASK);
}

/* The table below an entry that is no block; NULL when there is none left. */
static uint64_t *table_below(uint64_t *entry)
{
	uint64_t *table;

	if (*entry)
		return table_of(*entry);
	if (tables_used == UK_TABLE_COUNT)
		return NULL;

	table = uk_tables[tables_used++];
	memset(table, 0, UK_PAGE_SIZE);
	/* Zeros before the entry that leads to them: the walker sees it at once. */
	__asm__ __volatile__("dmb ishst" : : : "memory");
	*entry = (uint64_t)(uintptr_t)table | UK_TABLE;
	return table;
}

/* An address's entry of level 1; NULL without a table for it. */
static uint64_t *level_1(uint64_t address)
{
	uint64_t *table = table_below(&uk_tables[0][address / UK_LEVEL_0_SIZE]);

	return table ? &table[address / UK_GIB_SIZE % UK_ENTRIES] : NULL;
}

/* The same of level 2; `above` is of level 1 and no block. */
static uint64_t *level_2(uint64_t *above, uint64_t address)
{
	uint64_t *table = table_below(above);

	return table ? &table[address / UK_BLOCK_SIZE % UK_ENTRIES] : NULL;
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
			fill(table_of(*entry), UK_ENTRIES, block | UK_PAGE,
			     UK_PAGE_SIZE);
	}
}

/* Map one GiB or a part of it: by one block where that is possible. */
static int map_gib(uint64_t first, uint64_t end, uint64_t bits)
{
	size_t count = (end - first) / UK_BLOCK_SIZE;
	uint64_t *entry = level_1(first);

	if (!entry)
		return -ENOMEM;
	if (is_block(*entry))
		return 0;
	if (!*entry && end - first == UK_GIB_SIZE) {
		*entry = first | bits | UK_BLOCK;
		return 0;
	}
	entry = level_2(entry, first);
	if (!entry)
		return -ENOMEM;
	fill(entry, count, first | bits | UK_BLOCK, UK_BLOCK_SIZE);
	if (bits & UK_READ_ONLY)
		fill_around_image(entry, count, first | bits);
	return 0;
}

/* Map pages within one block. */
static int map_block_pages(uint64_t first, uint64_t end, uint64_t bits)
{
	uint64_t *entry = level_1(first), *table;

	if (entry && is_block(*entry))
		return -EBUSY;
	entry = entry ? level_2(entry, first) : NULL;
	if (entry && is_block(*entry))
		return -EBUSY;
	table = entry ? table_below(entry) : NULL;
	if (!table)
		return -ENOMEM;
	fill(&table[first / UK_PAGE_SIZE % UK_ENTRIES],
	     (end - first) / UK_PAGE_SIZE, first | bits | UK_PAGE, UK_PAGE_SIZE);
	return 0;
}

static uint64_t lower(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

/* Map a range, as much as one table holds at a time. */
static int map(uint64_t first, uint64_t end, enum uk_memory kind, uint64_t step,
	       int (*map_part)(uint64_t first, uint64_t end, uint64_t bits))
{
	uint64_t mapped_end = lower(end, uk_memory_limit());
	int rc = 0;

	while (!rc && first < mapped_end) {
		uint64_t next = lower((first / step + 1) * step, mapped_end);

		rc = map_part(first, next, attributes[kind]);
		first = next;
	}

	/* Entries before the first access to what they map. */
	__asm__ __volatile__("dsb ishst\n\tisb" : : : "memory");
	return rc ? rc : mapped_end < end ? -ERANGE : 0;
}

int uk_memory_map(uint64_t first, uint64_t end, enum uk_memory kind)
{
	return map(first, end, kind, UK_GIB_SIZE, map_gib);
}

int uk_memory_map_pages(uint64_t first, uint64_t end, enum uk_memory kind)
{
	return map(first, end, kind, UK_BLOCK_SIZE, map_block_pages);
}

int uk_memory_map_around(uint64_t base, size_t size, enum uk_memory kind)
{
	const uint64_t last = -(uint64_t)UK_BLOCK_SIZE;
	uint64_t end = base + size < base ? last : lower(base + size, last);

	return uk_memory_map(base / UK_BLOCK_SIZE * UK_BLOCK_SIZE,
			     (end + UK_BLOCK_SIZE - 1) / UK_BLOCK_SIZE *
			     UK_BLOCK_SIZE, kind);
}
