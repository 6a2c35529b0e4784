/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The allocator over the machine's RAM. Prints "ok NAME" or "FAIL NAME:
 * expression" a check, "ram: N bytes" and "alloc: N checks, M failed". Then it
 * asks for the name of a misuse on the console and commits it.
 *
 * All that there is, is taken, and each block written and read back at both
 * ends, so memory that is something else's or not there at all shows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/plat/console.h>
#include <uk/plat/memory.h>
#include <uk/plat/time.h>

#define BLOCKS		200
#define LINE_SIZE	16
#define POLL_US		1000

/* Checks */

static const char *name;
static unsigned int checks, failed;

static void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

#define CHECK(expression) check(expression, #expression)

/* Tests */

static void small_blocks_are_apart(void)
{
	static unsigned char *block[BLOCKS];
	unsigned int i, k, bad = 0;

	name = "small";
	for (i = 0; i < BLOCKS; i++) {
		block[i] = malloc(i);
		bad += !block[i] || (uintptr_t)block[i] % 16;
		memset(block[i], (int)i, i);
	}
	CHECK(bad == 0);
	CHECK(uk_alloc_stats().used_blocks == BLOCKS);
	for (i = 0; i < BLOCKS; i++) {
		for (k = 0; k < i; k++)
			bad += block[i][k] != i;
		free(block[i]);
	}
	CHECK(bad == 0);
	CHECK(uk_alloc_stats().used_blocks == 0);
	CHECK(uk_alloc_stats().used_bytes == 0);
}

static void calloc_clears(void)
{
	char *block = malloc(4000);
	unsigned int i, bad = 0;

	name = "calloc";
	memset(block, 1, 4000);
	free(block);
	CHECK(calloc(1000, 4) == block);
	for (i = 0; i < 4000; i++)
		bad += block[i] != 0;
	CHECK(bad == 0);
	free(block);
	CHECK(!calloc(SIZE_MAX / 2, 3));
	CHECK(!calloc((size_t)1 << 33, (size_t)1 << 33));
}

static void memalign_aligns(void)
{
	void *block = memalign(1 << 16, 100);

	name = "memalign";
	CHECK(block && (uintptr_t)block % (1 << 16) == 0);
	free(block);
	CHECK(!memalign(3, 100));
	CHECK(uk_alloc_stats().used_blocks == 0);
}

/* First every block, then each one read back. */
static void all_of_it_is_memory(void)
{
	size_t free_before = uk_alloc_stats().free_bytes, blocks = 0, bad = 0;
	size_t size = free_before / 64 / 8 * 8;
	uint64_t *list = NULL, *block;

	name = "all";
	while ((block = malloc(size))) {
		block[0] = (uintptr_t)list;
		block[1] = ~(uintptr_t)block;
		block[size / 8 - 1] = (uintptr_t)block;
		list = block;
		blocks++;
	}
	CHECK(blocks * size > free_before / 8 * 7);
	CHECK(!malloc(size));
	while (list) {
		block = list;
		list = (uint64_t *)(uintptr_t)block[0];
		bad += block[1] != ~(uintptr_t)block ||
		       block[size / 8 - 1] != (uintptr_t)block;
		free(block);
		blocks--;
	}
	CHECK(bad == 0);
	CHECK(blocks == 0);
	CHECK(uk_alloc_stats().free_bytes == free_before);
}

static void ranges_are_ram_and_apart(void)
{
	struct uk_range range, other;
	unsigned int i, k, bad = 0;
	uint64_t bytes = 0;

	name = "ranges";
	for (i = 0; uk_ram_free(i, &range); i++) {
		bytes += range.end - range.first;
		bad += !uk_ram_has(range.first, range.end - range.first);
		for (k = 0; k < i && uk_ram_free(k, &other); k++)
			bad += range.first < other.end &&
			       other.first < range.end;
		printf("range %#lx to %#lx\n", range.first, range.end);
	}
	CHECK(bad == 0);
	CHECK(bytes >= uk_alloc_stats().free_bytes);
	printf("ram: %lu bytes\n", bytes);
}

/* Misuse */

static void free_twice(void)
{
	char *block = malloc(100);

	free(block);
	free(block);
}

static void write_beyond(void)
{
	char *block = malloc(100);

	memset(block, 'x', 120);
	free(block);
}

static void free_inside(void)
{
	char *block = malloc(100);

	free(block + 16);
}

static void write_freed(void)
{
	char *first = malloc(100), *second = malloc(100);

	free(first);
	memset(first, 'x', 100);
	free(second);
}

static const struct {
	const char *name;
	void (*commit)(void);
} misuses[] = {
	{ "beyond", write_beyond },
	{ "freed", write_freed },
	{ "inside", free_inside },
	{ "twice", free_twice },
};

static void read_line(char *line, size_t size)
{
	size_t length = 0;
	int byte;

	for (;;) {
		while ((byte = uk_console_getc()) < 0)
			uk_sleep_us(POLL_US);
		if (byte == '\r' || byte == '\n')
			break;
		if (length < size - 1)
			line[length++] = (char)byte;
	}
	line[length] = '\0';
}

int main(void)
{
	char line[LINE_SIZE];
	unsigned int i;

	small_blocks_are_apart();
	calloc_clears();
	memalign_aligns();
	ranges_are_ram_and_apart();
	all_of_it_is_memory();
	printf("alloc: %u checks, %u failed\n", checks, failed);

	printf("which misuse? ");
	read_line(line, sizeof(line));
	putchar('\n');
	for (i = 0; i < sizeof(misuses) / sizeof(*misuses); i++) {
		if (!strcmp(misuses[i].name, line))
			misuses[i].commit();
	}
	return failed != 0;
}
