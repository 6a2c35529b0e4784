/* SPDX-License-Identifier: BSD-3-Clause */
#include "tree.h"

#include <ukd/bus.h>
#include <ukd/errno.h>
#include <ukd/log.h>

#include <uk/alloc.h>
#include <uk/plat/io.h>

const struct ukd_device tree_device = { .path = "/device", .driver = "fake" };
uint64_t tree_offset;
bool tree_hides, tree_tears;
unsigned int tree_held;
int tree_memory = -1;

void tree_reset(uint64_t offset)
{
	CHECK(!tree_held);
	tree_offset = offset;
	tree_hides = tree_tears = false;
	tree_memory = -1;
}

struct uk_alloc *uk_alloc_get_default(void)
{
	return NULL;
}

static void *given(void *memory)
{
	tree_held++;
	return memory;
}

static bool is_empty(void)
{
	return !tree_memory || (tree_memory > 0 && !tree_memory--);
}

void *uk_calloc(struct uk_alloc *a, size_t count, size_t size)
{
	(void)a;
	return is_empty() ? NULL : given(calloc(count, size));
}

void *uk_memalign(struct uk_alloc *a, size_t align, size_t size)
{
	void *memory;

	(void)a;
	return is_empty() || posix_memalign(&memory, align, size)
	       ? NULL : given(memory);
}

void uk_free(struct uk_alloc *a, void *memory)
{
	(void)a;
	tree_held -= !!memory;
	free(memory);
}

__paddr_t ukplat_virt_to_phys(const volatile void *address)
{
	/* two bits of the page's number change places */
	__paddr_t found = (__paddr_t)address;
	__paddr_t swap = (found >> 12 ^ found >> 13) & tree_tears;

	return found ^ (swap << 12 | swap << 13);
}

int ukd_dma_address(const struct ukd_device *dev, uint64_t address,
		    size_t size, uint64_t *found)
{
	CHECK(dev == &tree_device);
	/* no list of ranges is for all there is */
	if (tree_hides || (tree_offset && size > UINT64_MAX / 2))
		return -ERANGE;
	*found = address + tree_offset;
	return 0;
}

void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...)
{
	(void)level;
	(void)dev;
	(void)format;
}
