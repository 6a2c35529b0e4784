/* SPDX-License-Identifier: BSD-3-Clause */
/* malloc() and free(): the heap over all RAM that nobody has. */

#include "heap.h"

#include <uk/alloc.h>

#include <stdbool.h>
#include <string.h>
#include <uk/plat/memory.h>
#include <uk/plat/power.h>

static struct uk_heap heap;
static bool is_set_up;

/* At the first call: an image that makes none doesn't pay. */
static void set_up(void)
{
	struct uk_range range;
	unsigned int i;

	for (i = 0; uk_ram_free(i, &range); i++)
		uk_heap_add(&heap, (uintptr_t)range.first,
			    (uintptr_t)range.end);
	is_set_up = true;
}

void uk_heap_fault(const void *memory, const char *what)
{
	uk_halt("heap: %p %s", memory, what);
}

void *malloc(size_t size)
{
	if (!is_set_up)
		set_up();
	return uk_heap_take(&heap, size);
}

void *memalign(size_t alignment, size_t size)
{
	if (!is_set_up)
		set_up();
	return uk_heap_take_aligned(&heap, alignment, size);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	memory = malloc(bytes);
	if (memory)
		memset(memory, 0, bytes);
	return memory;
}

void free(void *memory)
{
	if (memory)
		uk_heap_give(&heap, memory);
}

struct uk_alloc_stats uk_alloc_stats(void)
{
	if (!is_set_up)
		set_up();
	return (struct uk_alloc_stats){
		.used_blocks = heap.used_blocks,
		.used_bytes = heap.used_bytes,
		.free_bytes = heap.free_bytes,
	};
}
