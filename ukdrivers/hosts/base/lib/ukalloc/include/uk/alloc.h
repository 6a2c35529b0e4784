/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory, out of all RAM that nothing else needs. A call costs about the same
 * however much there is. Not for interrupt handlers.
 */
#ifndef UK_ALLOC_H
#define UK_ALLOC_H

#include <stddef.h>

/** @return `size` bytes, aligned to 16, also for size 0; NULL: out of memory */
__attribute__((malloc, alloc_size(1)))
void *malloc(size_t size);

/** @return `count` times `size` zero bytes; NULL: out of memory */
__attribute__((malloc, alloc_size(1, 2)))
void *calloc(size_t count, size_t size);

/**
 * @param alignment a power of two
 *
 * @return NULL: out of memory, or no power of two
 */
__attribute__((malloc, alloc_align(1), alloc_size(2)))
void *memalign(size_t alignment, size_t size);

/**
 * Give back what one of the above returned; NULL: nothing.
 *
 * Halts the image when it is free already, when it isn't one of theirs, and
 * when what stands before or behind it was overwritten.
 */
void free(void *memory);

struct uk_alloc_stats {
	size_t used_blocks;
	size_t used_bytes;	/* of the blocks, which may be more than was asked for */
	size_t free_bytes;
};

struct uk_alloc_stats uk_alloc_stats(void);

#endif /* UK_ALLOC_H */
