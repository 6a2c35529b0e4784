/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ALLOC_H
#define UK_ALLOC_H

#include <stdlib.h>
#include <uk/arch/types.h>

struct uk_alloc {
	unsigned int budget;	/* allocations that succeed */
};

static inline void *uk_calloc(struct uk_alloc *a, size_t count, size_t size)
{
	if (!a->budget)
		return NULL;
	a->budget--;
	return calloc(count, size);
}

static inline void uk_free(struct uk_alloc *a __unused, void *block)
{
	free(block);
}

#endif /* UK_ALLOC_H */
