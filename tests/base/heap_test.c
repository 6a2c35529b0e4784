/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The allocator's heap, natively: every block is filled with a pattern of its
 * own, which has to be there when it is freed. Prints "heap: N checks, M
 * failed". Memory behind the heap's ends isn't its own, so the sanitizer sees
 * what is written there.
 */

#include "../../ukdrivers/hosts/base/lib/ukalloc/heap.c"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANGE_SIZE	(1U << 20)
#define BLOCKS		400
#define ROUNDS		100000

static unsigned int checks, failed;

static void check_at(int line, int is_true, const char *expression)
{
	checks++;
	if (!is_true) {
		failed++;
		fprintf(stderr, "%d: %s\n", line, expression);
	}
}

#define CHECK(expression) check_at(__LINE__, !!(expression), #expression)

/* Faults */

static jmp_buf on_fault;
static const char *fault;

void uk_heap_fault(const void *memory, const char *what)
{
	(void)memory;
	fault = what;
	longjmp(on_fault, 1);
}

static void expect_fault(struct uk_heap *heap, void *memory, const char *text)
{
	fault = "";
	if (!setjmp(on_fault))
		uk_heap_give(heap, memory);
	CHECK(!strcmp(fault, text));
}

/* A heap of two ranges */

struct fixture {
	struct uk_heap heap;
	char *range[2];
	size_t free_bytes;
};

static struct fixture *set_up(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fixture->range[i] = malloc(RANGE_SIZE);
		memset(fixture->range[i], 0xa5, RANGE_SIZE);
		uk_heap_add(&fixture->heap, (uintptr_t)fixture->range[i] + 1 + i,
			    (uintptr_t)fixture->range[i] + RANGE_SIZE - i);
	}
	fixture->free_bytes = fixture->heap.free_bytes;
	return fixture;
}

static void tear_down(struct fixture *fixture)
{
	free(fixture->range[0]);
	free(fixture->range[1]);
	free(fixture);
}

static int is_within(const struct fixture *fixture, const char *memory,
		     size_t size)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (memory >= fixture->range[i] &&
		    memory + size <= fixture->range[i] + RANGE_SIZE)
			return 1;
	}
	return 0;
}

/* Tests */

static uint64_t state = 1;

static uint32_t number(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (uint32_t)(state >> 33) % below;
}

static size_t any_size(void)
{
	return number(8) ? number(300) : number(20000);
}

static void random_calls_keep_what_is_in_blocks(void)
{
	struct fixture *fixture = set_up();
	struct { unsigned char *memory; size_t size; } block[BLOCKS] = { 0 };
	unsigned int i, bad = 0, none = 0, used = 0;
	size_t k;

	for (i = 0; i < ROUNDS + BLOCKS; i++) {
		unsigned int at = i < ROUNDS ? number(BLOCKS) : i - ROUNDS;
		size_t alignment = (size_t)1 << number(12);

		if (block[at].memory) {
			for (k = 0; k < block[at].size; k++)
				bad += block[at].memory[k] != (at & 0xff);
			uk_heap_give(&fixture->heap, block[at].memory);
			block[at].memory = NULL;
			used--;
			continue;
		}
		if (i >= ROUNDS)
			continue;
		block[at].size = any_size();
		block[at].memory = number(4)
			? uk_heap_take(&fixture->heap, block[at].size)
			: uk_heap_take_aligned(&fixture->heap, alignment,
					       block[at].size);
		if (!block[at].memory) {
			none++;
			continue;
		}
		used++;
		bad += (uintptr_t)block[at].memory % 16 != 0;
		bad += !is_within(fixture, (char *)block[at].memory,
				  block[at].size);
		bad += fixture->heap.used_blocks != used;
		memset(block[at].memory, (int)(at & 0xff), block[at].size);
	}
	CHECK(bad == 0);
	CHECK(none < ROUNDS / 10);
	CHECK(fixture->heap.used_blocks == 0);
	CHECK(fixture->heap.used_bytes == 0);
	CHECK(fixture->heap.free_bytes == fixture->free_bytes);
	tear_down(fixture);
}

static void alignment_is_kept(void)
{
	struct fixture *fixture = set_up();
	size_t alignment;

	for (alignment = 1; alignment <= 65536; alignment *= 2) {
		char *memory = uk_heap_take_aligned(&fixture->heap, alignment,
						    33);

		CHECK(memory && (uintptr_t)memory % alignment == 0);
		memset(memory, 1, 33);
		CHECK(fixture->heap.used_bytes == 48);
		uk_heap_give(&fixture->heap, memory);
	}
	CHECK(!uk_heap_take_aligned(&fixture->heap, 0, 1));
	CHECK(!uk_heap_take_aligned(&fixture->heap, 24, 1));
	CHECK(!uk_heap_take_aligned(&fixture->heap, (size_t)1 << 63, 1));
	CHECK(!uk_heap_take_aligned(&fixture->heap, 64, SIZE_MAX));
	CHECK(fixture->heap.free_bytes == fixture->free_bytes);
	tear_down(fixture);
}

static void out_of_memory_is_null(void)
{
	struct fixture *fixture = set_up();
	void *memory;

	CHECK(!uk_heap_take(&fixture->heap, RANGE_SIZE));
	CHECK(!uk_heap_take(&fixture->heap, SIZE_MAX));
	CHECK(!uk_heap_take(&fixture->heap, SIZE_MAX - 15));
	CHECK(!uk_heap_take(&fixture->heap, (size_t)1 << 47));
	memory = uk_heap_take(&fixture->heap, RANGE_SIZE - 64);
	CHECK(memory);
	CHECK(uk_heap_take(&fixture->heap, RANGE_SIZE - 64));
	CHECK(!uk_heap_take(&fixture->heap, 64));
	uk_heap_give(&fixture->heap, memory);
	CHECK(uk_heap_take(&fixture->heap, 0));
	tear_down(fixture);
}

static void blocks_are_split_and_joined(void)
{
	struct fixture *fixture = set_up();
	char *one = uk_heap_take(&fixture->heap, 1);
	char *two = uk_heap_take(&fixture->heap, 16);
	char *three = uk_heap_take(&fixture->heap, 17);

	CHECK(two == one + 32 && three == two + 32);
	CHECK(fixture->heap.used_bytes == 16 + 16 + 32);
	uk_heap_give(&fixture->heap, two);
	uk_heap_give(&fixture->heap, one);
	CHECK(uk_heap_take(&fixture->heap, 48) == one);
	uk_heap_give(&fixture->heap, three);
	tear_down(fixture);
}

static void ranges_that_are_too_small_are_left_out(void)
{
	struct uk_heap heap = { 0 };
	uint64_t memory[8] __attribute__((aligned(16)));

	uk_heap_add(&heap, (uintptr_t)memory, (uintptr_t)memory + 47);
	uk_heap_add(&heap, (uintptr_t)memory + 8, (uintptr_t)memory + 8);
	uk_heap_add(&heap, (uintptr_t)memory + 1, (uintptr_t)memory);
	CHECK(heap.free_bytes == 0 && !heap.doublings);
	uk_heap_add(&heap, (uintptr_t)memory, (uintptr_t)memory + 48);
	CHECK(heap.free_bytes == 16);
	CHECK(uk_heap_take(&heap, 16) == memory + 2);
	CHECK(!uk_heap_take(&heap, 1));
}

static void misuse_is_found(void)
{
	struct fixture *fixture = set_up();
	char *one = uk_heap_take(&fixture->heap, 40);
	char *two = uk_heap_take(&fixture->heap, 40);
	char *three = uk_heap_take(&fixture->heap, 40);

	expect_fault(&fixture->heap, one + 1,
		     "is no block, or its header was written to");
	expect_fault(&fixture->heap, one + 16,
		     "is no block, or its header was written to");
	one[48]++;
	expect_fault(&fixture->heap, one, "was written beyond its end");
	expect_fault(&fixture->heap, two,
		     "is no block, or its header was written to");
	expect_fault(&fixture->heap, three, "has a header that was written to");
	one[48]--;
	uk_heap_give(&fixture->heap, two);
	expect_fault(&fixture->heap, two, "is free already");
	uk_heap_give(&fixture->heap, one);	/* and has two in it now */
	expect_fault(&fixture->heap, two, "is free already");
	expect_fault(&fixture->heap, one, "is free already");
	memset(one, 1, 16);
	expect_fault(&fixture->heap, three, "was written to while it was free");
	tear_down(fixture);
}

int main(void)
{
	random_calls_keep_what_is_in_blocks();
	alignment_is_kept();
	out_of_memory_is_null();
	blocks_are_split_and_joined();
	ranges_that_are_too_small_are_left_out();
	misuse_is_found();
	printf("heap: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
