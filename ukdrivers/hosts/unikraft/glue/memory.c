/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for drivers, out of the image's allocator.
 *
 * All RAM is mapped Normal, write-back and inner shareable, which is coherent
 * with devices that snoop. Those of virtual machines do.
 */

#include "memory.h"

#include <ukd/bus.h>
#include <ukd/errno.h>
#include <ukd/memory.h>

#include <string.h>
#include <uk/alloc.h>
#include <uk/config.h>
#include <uk/plat/io.h>

#define PAGE_BYTES	4096U

#ifdef CONFIG_PAGING
#define IS_PAGED	true
#else
#define IS_PAGED	false
#endif

/* Of other's memory */

/* No list of ranges can say that all addresses there are stay what they are. */
bool ukd_host_is_direct(const struct ukd_device *dev)
{
	uint64_t address;

	return !IS_PAGED && !ukd_dma_address(dev, 0, SIZE_MAX, &address);
}

/* Pages that follow each other may be anywhere in RAM. */
static bool is_in_one_piece(const char *memory, size_t size)
{
	uint64_t start = ukplat_virt_to_phys(memory);
	size_t at = PAGE_BYTES - (uintptr_t)memory % PAGE_BYTES;

	for (; at < size; at += PAGE_BYTES) {
		if (ukplat_virt_to_phys(memory + at) != start + at)
			return false;
	}
	return true;
}

int ukd_host_dma_address(const struct ukd_device *dev, const void *memory,
			 size_t size, uint64_t *address)
{
	if (IS_PAGED && !is_in_one_piece(memory, size))
		return -ERANGE;
	return ukd_dma_address(dev, ukplat_virt_to_phys(memory), size, address);
}

/* Of drivers */

void *ukd_alloc(size_t size)
{
	return uk_calloc(uk_alloc_get_default(), 1, size);
}

void ukd_free(void *memory)
{
	uk_free(uk_alloc_get_default(), memory);
}

void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address)
{
	struct uk_alloc *heap = uk_alloc_get_default();
	void *memory;

	if (align < sizeof(void *))
		align = sizeof(void *);
	memory = uk_memalign(heap, align, size);
	if (!memory)
		return NULL;
	if (ukd_host_dma_address(dev, memory, size, address)) {
		uk_free(heap, memory);
		return NULL;
	}
	return memset(memory, 0, size);
}

void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size)
{
	(void)dev;
	(void)size;
	uk_free(uk_alloc_get_default(), memory);
}
