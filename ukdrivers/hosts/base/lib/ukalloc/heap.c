/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap: blocks side by side, each with a header.
 *
 * A header has a seal over its own place and content, so that whatever was
 * written over it is found when the block or its neighbour is freed. No two
 * free blocks stand side by side.
 */

#include "heap.h"

#include <stdbool.h>

struct uk_heap_block {
	struct uk_heap_block *before;	/* in memory; NULL: the range's first */
	uint64_t word;			/* seal, size, whether it is used */
	/* Only of a free block; else the memory begins here. */
	struct uk_heap_block *next, *previous;
};

#define HEADER_SIZE	16U
#define USED		UINT64_C(1)
#define SIZE_MASK	UINT64_C(0x0000fffffffffff0)
#define SEAL_SHIFT	48

_Static_assert(offsetof(struct uk_heap_block, next) == HEADER_SIZE, "header");
_Static_assert(sizeof(struct uk_heap_block) == HEADER_SIZE + UK_HEAP_UNIT,
	       "a free block has the size of one unit or more");

/* Headers */

static uint64_t size_of(const struct uk_heap_block *block)
{
	return block->word & SIZE_MASK;
}

static bool is_used(const struct uk_heap_block *block)
{
	return block->word & USED;
}

static void *memory_of(struct uk_heap_block *block)
{
	return (char *)block + HEADER_SIZE;
}

static struct uk_heap_block *behind(struct uk_heap_block *block)
{
	return (void *)((char *)block + HEADER_SIZE + size_of(block));
}

/* 16 bits; the factor is 2^64 over the golden ratio, which spreads them. */
static uint64_t seal_of(const struct uk_heap_block *block)
{
	uint64_t mixed = (uintptr_t)block + 3 * (uintptr_t)block->before +
			 5 * (block->word & (SIZE_MASK | USED)) + 1;

	return mixed * UINT64_C(0x9e3779b97f4a7c15) >> SEAL_SHIFT;
}

static void set(struct uk_heap_block *block, struct uk_heap_block *before,
		uint64_t size, uint64_t used)
{
	block->before = before;
	block->word = size | used;
	block->word |= seal_of(block) << SEAL_SHIFT;
}

static bool is_sealed(const struct uk_heap_block *block)
{
	return block->word >> SEAL_SHIFT == seal_of(block);
}

/* Free lists */

struct place {
	unsigned int doubling, list;
};

/* The list that a block is in: of sizes from this one to the next list's. */
static struct place place_of(uint64_t size)
{
	uint64_t units = size / UK_HEAP_UNIT;
	unsigned int log2;

	if (units < UK_HEAP_LISTS)
		return (struct place){ 0, (unsigned int)units };
	log2 = 63 - (unsigned int)__builtin_clzll(units);
	return (struct place){ log2 - 3, units >> (log2 - 4) & 15 };
}

/* The first list of which every block is large enough. */
static struct place place_from(uint64_t size)
{
	uint64_t units = size / UK_HEAP_UNIT;

	if (units >= UK_HEAP_LISTS)
		units += (UINT64_C(1) << (59 - __builtin_clzll(units))) - 1;
	return place_of(units * UK_HEAP_UNIT);
}

static void list_block(struct uk_heap *heap, struct uk_heap_block *block)
{
	struct place place = place_of(size_of(block));
	struct uk_heap_block **first = &heap->first[place.doubling][place.list];

	block->previous = NULL;
	block->next = *first;
	if (*first)
		(*first)->previous = block;
	*first = block;
	heap->lists[place.doubling] |= (uint16_t)(1U << place.list);
	heap->doublings |= UINT64_C(1) << place.doubling;
	heap->free_bytes += size_of(block);
}

static void unlist_block(struct uk_heap *heap, struct uk_heap_block *block)
{
	struct place place = place_of(size_of(block));
	struct uk_heap_block **first = &heap->first[place.doubling][place.list];

	if (((uintptr_t)block->previous | (uintptr_t)block->next) %
	    UK_HEAP_UNIT ||
	    (block->previous ? block->previous->next : *first) != block)
		uk_heap_fault(memory_of(block), "was written to while it was free");
	if (block->next)
		block->next->previous = block->previous;
	if (block->previous)
		block->previous->next = block->next;
	else
		*first = block->next;
	if (!*first)
		heap->lists[place.doubling] &= (uint16_t)~(1U << place.list);
	if (!heap->lists[place.doubling])
		heap->doublings &= ~(UINT64_C(1) << place.doubling);
	heap->free_bytes -= size_of(block);
}

/* A free block of at least a size, or NULL. */
static struct uk_heap_block *find(const struct uk_heap *heap, uint64_t size)
{
	struct place place = place_from(size);
	uint64_t lists = heap->lists[place.doubling] >> place.list << place.list;
	struct uk_heap_block *block;

	if (!lists) {
		uint64_t above = heap->doublings >> place.doubling >> 1
						 << 1 << place.doubling;

		if (!above) {	/* one of its own list may just do */
			place = place_of(size);
			block = heap->first[place.doubling][place.list];
			return block && size_of(block) >= size ? block : NULL;
		}
		place.doubling = (unsigned int)__builtin_ctzll(above);
		lists = heap->lists[place.doubling];
	}
	return heap->first[place.doubling][__builtin_ctzll(lists)];
}

/* Blocks */

/* Free what isn't listed yet, together with its free neighbours. */
static void release(struct uk_heap *heap, struct uk_heap_block *block)
{
	struct uk_heap_block *before = block->before, *after = behind(block);
	uint64_t size = size_of(block);

	/* So that it is known as free, even within another. */
	set(block, before, size, 0);
	if (!is_used(after)) {
		unlist_block(heap, after);
		size += HEADER_SIZE + size_of(after);
	}
	if (before && !is_used(before)) {
		unlist_block(heap, before);
		size += HEADER_SIZE + size_of(before);
		block = before;
	}
	set(block, block->before, size, 0);
	after = behind(block);
	set(after, block, size_of(after), after->word & USED);
	list_block(heap, block);
}

/* Make a block of its own of what is behind `size` bytes, if it is enough. */
static struct uk_heap_block *split(struct uk_heap_block *block, uint64_t size)
{
	uint64_t rest = size_of(block) - size;
	struct uk_heap_block *after = behind(block), *second;

	if (rest < HEADER_SIZE + UK_HEAP_UNIT)
		return NULL;
	set(block, block->before, size, block->word & USED);
	second = behind(block);
	set(second, block, rest - HEADER_SIZE, USED);
	set(after, second, size_of(after), after->word & USED);
	return second;
}

/* Of the library */

void uk_heap_add(struct uk_heap *heap, uintptr_t first, uintptr_t end)
{
	struct uk_heap_block *block, *last;

	first = (first + UK_HEAP_UNIT - 1) & ~(uintptr_t)(UK_HEAP_UNIT - 1);
	end &= ~(uintptr_t)(UK_HEAP_UNIT - 1);
	if (end < first || end - first < 2 * HEADER_SIZE + UK_HEAP_UNIT)
		return;

	/* A used block without content ends the range. */
	block = (struct uk_heap_block *)first;
	last = (struct uk_heap_block *)(end - HEADER_SIZE);
	set(block, NULL, end - first - 2 * HEADER_SIZE, USED);
	set(last, block, 0, USED);
	release(heap, block);
}

void *uk_heap_take(struct uk_heap *heap, size_t size)
{
	struct uk_heap_block *block, *rest;

	if (size > SIZE_MASK / 2)
		return NULL;
	size = size ? (size + UK_HEAP_UNIT - 1) & SIZE_MASK : UK_HEAP_UNIT;
	block = find(heap, size);
	if (!block)
		return NULL;
	if (!is_sealed(block))
		uk_heap_fault(memory_of(block), "is free, and its header was written to");
	unlist_block(heap, block);
	set(block, block->before, size_of(block), USED);
	rest = split(block, size);
	if (rest)
		release(heap, rest);
	heap->used_blocks++;
	heap->used_bytes += size_of(block);
	return memory_of(block);
}

void *uk_heap_take_aligned(struct uk_heap *heap, size_t alignment, size_t size)
{
	struct uk_heap_block *block, *rest;
	uintptr_t memory, aligned;

	if (!alignment || alignment & (alignment - 1) ||
	    alignment > SIZE_MASK / 4 || size > SIZE_MASK / 4)
		return NULL;
	if (alignment <= UK_HEAP_UNIT)
		return uk_heap_take(heap, size);

	/* What is cut off in front has to be large enough for a block. */
	memory = (uintptr_t)uk_heap_take(heap, size + alignment + HEADER_SIZE +
					 UK_HEAP_UNIT);
	if (!memory)
		return NULL;
	block = (struct uk_heap_block *)(memory - HEADER_SIZE);
	heap->used_bytes -= size_of(block);
	if (memory & (alignment - 1)) {
		struct uk_heap_block *front = block;

		aligned = (memory + HEADER_SIZE + UK_HEAP_UNIT + alignment - 1) &
			  ~(alignment - 1);
		block = split(front, aligned - HEADER_SIZE - memory);
		release(heap, front);
	}
	rest = split(block, size ? (size + UK_HEAP_UNIT - 1) & SIZE_MASK
				 : UK_HEAP_UNIT);
	if (rest)
		release(heap, rest);
	heap->used_bytes += size_of(block);
	return memory_of(block);
}

void uk_heap_give(struct uk_heap *heap, void *memory)
{
	struct uk_heap_block *block = (void *)((char *)memory - HEADER_SIZE);

	if ((uintptr_t)memory % UK_HEAP_UNIT || !is_sealed(block))
		uk_heap_fault(memory, "is no block, or its header was written to");
	if (!is_used(block))
		uk_heap_fault(memory, "is free already");
	if (!is_sealed(behind(block)))
		uk_heap_fault(memory, "was written beyond its end");
	if (block->before && !is_sealed(block->before))
		uk_heap_fault(memory_of(block->before), "has a header that was written to");
	heap->used_blocks--;
	heap->used_bytes -= size_of(block);
	release(heap, block);
}
