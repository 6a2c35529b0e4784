/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver takes from the host and has to give back: memory, interrupts.
 *
 * Supports:   memory that runs out at a chosen moment; an interrupt that
 *             doesn't end.
 * Leaves out: memory that isn't coherent.
 */

#include "fake.h"

#include <ukd/errno.h>
#include <ukd/memory.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What fails */

static unsigned int fail_at;

void fake_fail_allocation(unsigned int n)
{
	fail_at = n;
}

static bool fails(void)
{
	return fail_at && !--fail_at;
}

/* Memory: each piece is one of the C library, so that its ends are guarded */

struct piece {
	void *memory;
	size_t size;
	bool is_shared;
	struct piece *next;
};

static struct piece *pieces;
static unsigned int piece_count;

static __attribute__((noreturn)) void stop(const char *what, const void *memory)
{
	fprintf(stderr, "sim: %s %p\n", what, memory);
	abort();
}

static void *take(size_t size, size_t align, bool is_shared)
{
	struct piece *piece;
	void *memory;

	if (fails())
		return NULL;
	piece = calloc(1, sizeof(*piece));
	if (!piece || posix_memalign(&memory, align, size))
		stop("no memory for the driver's", piece);
	*piece = (struct piece){ memory, size, is_shared, pieces };
	pieces = piece;
	piece_count++;
	return memset(memory, 0, size);
}

/* Give the first of the pieces from `link` on back. */
static void drop(struct piece **link)
{
	struct piece *piece = *link;

	*link = piece->next;
	piece_count--;
	free(piece->memory);
	free(piece);
}

static struct piece **find(const void *memory, bool is_shared)
{
	struct piece **link = &pieces;

	while (*link && (*link)->memory != memory)
		link = &(*link)->next;
	if (!*link)
		stop("freed, and not the driver's:", memory);
	if ((*link)->is_shared != is_shared)
		stop("freed as memory of the other kind:", memory);
	return link;
}

/* Weak: a test may have a host of its own. */
__attribute__((weak)) void *ukd_alloc(size_t size)
{
	return take(size, __BIGGEST_ALIGNMENT__, false);
}

__attribute__((weak)) void ukd_free(void *memory)
{
	if (memory)
		drop(find(memory, false));
}

__attribute__((weak))
void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address)
{
	void *memory;

	(void)dev;
	CHECK(size && align && align <= 4096 && !(align & (align - 1)));
	memory = take(size, align < sizeof(void *) ? sizeof(void *) : align,
		      true);
	if (memory)
		*address = fake_dma_address(memory);
	return memory;
}

__attribute__((weak))
void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size)
{
	struct piece **link = find(memory, true);

	(void)dev;
	CHECK(size == (*link)->size);
	drop(link);
}

/* Interrupts */

#define ATTACHED_MAX	8

static struct {
	ukd_irq_handler *handler;
	void *arg;
} attached[ATTACHED_MAX];

struct ukd_irq fake_attached;
ukd_irq_handler *fake_handler;
void *fake_handler_arg;
unsigned int fake_attached_count;

int ukd_irq_attach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	if (index >= dev->irq_count)
		return -ERANGE;
	if (fake_attached_count == ATTACHED_MAX || fails())
		return -ENOMEM;
	attached[fake_attached_count].handler = handler;
	attached[fake_attached_count].arg = arg;
	fake_attached_count++;
	fake_attached = dev->irq[index];
	fake_handler = handler;
	fake_handler_arg = arg;
	return 0;
}

int ukd_irq_detach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	unsigned int i;

	(void)dev;
	(void)index;
	for (i = 0; i < fake_attached_count; i++) {
		if (attached[i].handler != handler || attached[i].arg != arg)
			continue;
		attached[i] = attached[--fake_attached_count];
		if (handler == fake_handler && arg == fake_handler_arg)
			fake_handler = NULL;
		return 0;
	}
	return -EINVAL;
}

/* What a test asks */

unsigned int fake_held(void)
{
	return piece_count + fake_attached_count;
}

unsigned int fake_fail_every_allocation(void (*set_up)(void), int (*run)(void))
{
	unsigned int n = 0, before;
	bool is_reached;
	int rc;

	do {
		set_up();
		before = fake_held();
		fake_fail_allocation(++n);
		rc = run();
		is_reached = !fail_at;
		fake_fail_allocation(0);
		if (is_reached && (rc != -ENOMEM || fake_held() != before))
			fprintf(stderr, "sim: allocation %u failed: %d was returned, want %d, with %d held that weren't before\n",
				n, rc, -ENOMEM, (int)(fake_held() - before));
		CHECK(rc == (is_reached ? -ENOMEM : 0));
		CHECK(!is_reached || fake_held() == before);
	} while (is_reached);
	return n - 1;
}

#define ACCESSES_MAX	64	/* more, and a call has no bound */

unsigned int fake_storm(void)
{
	const unsigned int held = fake_held(), logged = fake_log_count;
	unsigned int i, claimed = 0, most = 0;

	for (i = 0; i < FAKE_STORM && fake_handler; i++) {
		fake_write_count = fake_read_count = 0;
		claimed += fake_handler(fake_handler_arg);
		if (most < fake_write_count + fake_read_count)
			most = fake_write_count + fake_read_count;
	}
	CHECK(i == FAKE_STORM);
	CHECK(most <= ACCESSES_MAX);
	CHECK(fake_held() == held);
	CHECK(fake_log_count <= logged + 1);
	return claimed;
}

/* Start again */

void fake_reset_held(void)
{
	while (pieces)
		drop(&pieces);
	fail_at = 0;
	fake_attached_count = 0;
	fake_handler = NULL;
	fake_handler_arg = NULL;
}
