/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heap over any number of ranges, with free blocks listed by size: 16 lists
 * for every doubling, and bits that say which of them aren't empty. All calls
 * take constant time.
 */
#ifndef UKALLOC_HEAP_H
#define UKALLOC_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define UK_HEAP_UNIT		16U	/* of sizes and alignments */
#define UK_HEAP_LISTS		16U	/* a doubling */
#define UK_HEAP_DOUBLINGS	41U	/* up to 2^48 bytes */

struct uk_heap_block;

struct uk_heap {
	uint64_t doublings;			/* bits: which have a block */
	uint16_t lists[UK_HEAP_DOUBLINGS];	/* bits: which aren't empty */
	struct uk_heap_block *first[UK_HEAP_DOUBLINGS][UK_HEAP_LISTS];
	size_t used_blocks, used_bytes, free_bytes;
};

/** Add memory, which may have any content. */
void uk_heap_add(struct uk_heap *heap, uintptr_t first, uintptr_t end);

/** @return see malloc() and memalign() in <uk/alloc.h> */
void *uk_heap_take(struct uk_heap *heap, size_t size);
void *uk_heap_take_aligned(struct uk_heap *heap, size_t alignment, size_t size);
void uk_heap_give(struct uk_heap *heap, void *memory);

/** Called when the heap is found to be broken, or misused; of the host. */
_Noreturn void uk_heap_fault(const void *memory, const char *what);

#endif /* UKALLOC_HEAP_H */
