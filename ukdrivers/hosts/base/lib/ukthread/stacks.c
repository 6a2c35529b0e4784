/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stacks of threads: equal slots of the RAM that was kept for them, each with
 * a page at its start that isn't mapped. A slot is mapped when it is first
 * taken, and stays so.
 */

#include "thread.h"

#include <stddef.h>
#include <uk/arch/paging.h>
#include <uk/plat/memory.h>

#define SLOT_SIZE	((uint64_t)UK_STACK_PAGES * UK_PAGE_SIZE)

static unsigned int slots_mapped;
static struct uk_thread *free_list;

static struct uk_thread *new_slot(void)
{
	const struct uk_range area = uk_ram_paged();
	uint64_t first = area.first + slots_mapped * SLOT_SIZE;
	uint64_t end = first + SLOT_SIZE;
	struct uk_thread *thread;

	if (slots_mapped == CONFIG_LIBUKTHREAD_COUNT || end > area.end ||
	    uk_memory_map_pages(first + UK_PAGE_SIZE, end, UK_MEMORY_RAM))
		return NULL;

	slots_mapped++;
	thread = (struct uk_thread *)(uintptr_t)end - 1;
	thread->stack_bottom = (uintptr_t)first + UK_PAGE_SIZE;
	return thread;
}

struct uk_thread *uk_thread_new(void)
{
	struct uk_thread *thread = free_list;

	if (!thread)
		return new_slot();
	free_list = thread->next;
	return thread;
}

void uk_thread_free(struct uk_thread *thread)
{
	thread->next = free_list;
	free_list = thread;
}
