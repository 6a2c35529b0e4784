/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for drivers, out of a tree's allocator. */
#include "tree.h"
#include "memory.h"

#include <ukd/errno.h>
#include <ukd/memory.h>

#define PAGE	4096

#ifdef CONFIG_PAGING
#define IS_PAGED	true
#else
#define IS_PAGED	false
#endif

static bool is_zero(const char *memory, size_t size)
{
	while (size--) {
		if (memory[size])
			return false;
	}
	return true;
}

static void memory_for_drivers_is_empty(void)
{
	char *memory = ukd_alloc(1000);

	CHECK(memory && is_zero(memory, 1000) && tree_held == 1);
	ukd_free(memory);
	tree_memory = 0;
	CHECK(!ukd_alloc(1) && !tree_held);
	tree_memory = -1;
}

static void memory_for_devices_is_aligned_and_empty(uint64_t offset)
{
	size_t align;

	for (align = 1; align <= PAGE; align *= 4) {
		uint64_t address = 0;
		char *memory;

		tree_reset(offset);
		memory = ukd_dma_alloc(&tree_device, 100, align, &address);
		CHECK(memory && is_zero(memory, 100));
		CHECK((uintptr_t)memory % align == 0);
		CHECK(address == (uintptr_t)memory + offset);
		ukd_dma_free(&tree_device, memory, 100);
	}
	tree_hides = true;
	CHECK(!ukd_dma_alloc(&tree_device, 1, 1, &(uint64_t){ 0 }));
	tree_hides = false;
	tree_memory = 0;
	CHECK(!ukd_dma_alloc(&tree_device, 1, 1, &(uint64_t){ 0 }));
	tree_memory = -1;
	CHECK(!tree_held);
}

static void memory_that_is_not_in_one_piece_is_refused(void)
{
	uint64_t address, start = 0;
	char *pages;

	tree_reset(0);
	pages = ukd_dma_alloc(&tree_device, 4 * PAGE, 4 * PAGE, &start);
	CHECK(pages);
	tree_tears = IS_PAGED;
	CHECK(!ukd_host_dma_address(&tree_device, pages + 5, PAGE - 5, &address));
	CHECK(address == start + 5);
	CHECK(!ukd_host_dma_address(&tree_device, pages + PAGE, 9, &address));
	CHECK(address == start + (IS_PAGED ? 2 * PAGE : PAGE));
	CHECK(ukd_host_dma_address(&tree_device, pages + 5, PAGE - 4, &address) ==
	      (IS_PAGED ? -ERANGE : 0));
	ukd_dma_free(&tree_device, pages, 4 * PAGE);
	CHECK(!tree_held);
}

static void only_what_is_always_the_same_is_direct(void)
{
	tree_reset(0);
	CHECK(ukd_host_is_direct(&tree_device) == !IS_PAGED);
	tree_offset = PAGE;
	CHECK(!ukd_host_is_direct(&tree_device));
}

int main(void)
{
	memory_for_drivers_is_empty();
	memory_for_devices_is_aligned_and_empty(0);
	memory_for_devices_is_aligned_and_empty(0x100000000);
	memory_that_is_not_in_one_piece_is_refused();
	only_what_is_always_the_same_is_direct();
	return 0;
}
