/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for drivers, out of the allocator's.
 *
 * All RAM is mapped Normal, write-back and inner shareable, which is coherent
 * with devices that snoop. Those of virtual machines do.
 */

#include <ukd/bus.h>
#include <ukd/memory.h>

#include <string.h>
#include <uk/alloc.h>

void *ukd_alloc(size_t size)
{
	return calloc(1, size);
}

void ukd_free(void *memory)
{
	free(memory);
}

void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address)
{
	void *memory = memalign(align, size);

	if (!memory)
		return NULL;
	if (ukd_dma_address(dev, (uintptr_t)memory, size, address)) {
		free(memory);
		return NULL;
	}
	return memset(memory, 0, size);
}

void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size)
{
	(void)dev;
	(void)size;
	free(memory);
}
