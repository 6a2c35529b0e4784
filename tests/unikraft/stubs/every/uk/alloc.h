/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_ALLOC_H
#define STUB_ALLOC_H

#include <stddef.h>

struct uk_alloc;

struct uk_alloc *uk_alloc_get_default(void);
void *uk_calloc(struct uk_alloc *a, size_t count, size_t size);
void *uk_memalign(struct uk_alloc *a, size_t align, size_t size);
void uk_free(struct uk_alloc *a, void *memory);

#endif /* STUB_ALLOC_H */
