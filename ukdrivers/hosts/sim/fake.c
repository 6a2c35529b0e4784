/* SPDX-License-Identifier: BSD-3-Clause */
/* The fake machine: checks and registers. */

#include "fake.h"

#include <ukd/mmio.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Checks */

static unsigned int check_count, failure_count;

void fake_check(bool holds, const char *text, const char *file, int line)
{
	check_count++;
	if (holds)
		return;
	failure_count++;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
}

int fake_report(void)
{
	fake_reset();
	printf("%u checks, %u failed\n", check_count, failure_count);
	return failure_count || !check_count;
}

/* Events */

static char events[64];
static size_t event_count;

void fake_event(char what)
{
	if (event_count < sizeof(events) - 1)
		events[event_count++] = what;
}

const char *fake_events(void)
{
	return events;
}

void fake_forget_events(void)
{
	memset(events, 0, sizeof(events));
	event_count = 0;
}

/* Registers */

#define BLOCKS_MAX	8
#define READS_MAX	10000000U

struct block {
	uintptr_t base;
	size_t size;
	unsigned char *bytes;
};

static struct block blocks[BLOCKS_MAX];
static unsigned int block_count;

fake_hook fake_on_read, fake_on_write;
struct fake_access fake_writes[FAKE_WRITES_MAX];
unsigned int fake_write_count, fake_read_count;

static __attribute__((noreturn)) void stop(const char *what, uintptr_t address,
					   unsigned int bytes)
{
	fprintf(stderr, "sim: %s of %u bytes at %#lx\n", what, bytes,
		(unsigned long)address);
	abort();
}

void fake_map(uintptr_t base, size_t size)
{
	struct block *block = &blocks[block_count];

	if (block_count == BLOCKS_MAX)
		stop("no room for a block", base, (unsigned int)size);
	block->base = base;
	block->size = size;
	block->bytes = calloc(1, size);
	if (!block->bytes)
		stop("no memory for a block", base, (unsigned int)size);
	block_count++;
}

/* The bytes behind registers; outside a block or unaligned is the end. */
static unsigned char *bytes_at(uintptr_t address, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < block_count; i++) {
		const struct block *block = &blocks[i];

		if (address >= block->base && bytes <= block->size &&
		    address - block->base <= block->size - bytes &&
		    address % bytes == 0)
			return block->bytes + (address - block->base);
	}
	stop("access outside the registers", address, bytes);
}

uint64_t fake_read(uintptr_t address, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, bytes_at(address, bytes), bytes);
	if (++fake_read_count == READS_MAX)
		stop("a wait without end; a read", address, bytes);
	fake_event('r');
	return fake_on_read ? fake_on_read(address, bytes, value) : value;
}

void fake_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	unsigned char *kept = bytes_at(address, bytes);

	if (fake_write_count == FAKE_WRITES_MAX)
		stop("too many writes, the last", address, bytes);
	fake_writes[fake_write_count++] = (struct fake_access){
		.address = address, .bytes = bytes, .value = value,
	};
	fake_event('w');
	if (fake_on_write)
		value = fake_on_write(address, bytes, value);
	memcpy(kept, &value, bytes);
}

uint32_t fake_peek(uintptr_t address)
{
	uint32_t value;

	memcpy(&value, bytes_at(address, sizeof(value)), sizeof(value));
	return value;
}

void fake_poke(uintptr_t address, uint32_t value)
{
	memcpy(bytes_at(address, sizeof(value)), &value, sizeof(value));
}

/* System registers */

uint64_t (*fake_on_sysreg_read)(const char *name);
void (*fake_on_sysreg_write)(const char *name, uint64_t value);

uint64_t fake_sysreg_read(const char *name)
{
	return fake_on_sysreg_read ? fake_on_sysreg_read(name) : 0;
}

void fake_sysreg_write(const char *name, uint64_t value)
{
	fake_event('s');
	if (fake_on_sysreg_write)
		fake_on_sysreg_write(name, value);
}

/* Start again */

void fake_reset(void)
{
	while (block_count)
		free(blocks[--block_count].bytes);
	fake_on_read = NULL;
	fake_on_write = NULL;
	fake_on_sysreg_read = NULL;
	fake_on_sysreg_write = NULL;
	fake_write_count = 0;
	fake_read_count = 0;
	fake_forget_events();
	fake_reset_host();
}
