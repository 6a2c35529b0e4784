/* SPDX-License-Identifier: BSD-3-Clause */
/* Between libFuzzer, which is linked with it, and a target. See fuzz.h. */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

/* As many as no start of a device needs: more is a wait without end. */
#define READS_MAX	1000000U

static const uint8_t *next, *end;
static uint8_t fill;

/* Checks: linked with --wrap=fake_check */

void __wrap_fake_check(bool holds, const char *text, const char *file,
		       int line);
void __wrap_fake_check(bool holds, const char *text, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
	abort();
}

/* The input */

bool fuzz_has_more(void)
{
	return next < end;
}

uint8_t fuzz_byte(void)
{
	return next < end ? *next++ : fill;
}

uint16_t fuzz_half(void)
{
	uint16_t low = fuzz_byte();

	return (uint16_t)(low | fuzz_byte() << 8);
}

uint32_t fuzz_word(void)
{
	uint32_t low = fuzz_half();

	return low | (uint32_t)fuzz_half() << 16;
}

uint64_t fuzz_long(void)
{
	uint64_t low = fuzz_word();

	return low | (uint64_t)fuzz_word() << 32;
}

uint32_t fuzz_below(uint32_t limit)
{
	return (limit > 256 ? fuzz_half() : fuzz_byte()) % limit;
}

bool fuzz_is(unsigned int often)
{
	return fuzz_byte() >= 256 - often;
}

const uint8_t *fuzz_rest(size_t *size)
{
	const uint8_t *rest = next;

	*size = (size_t)(end - next);
	next = end;
	return rest;
}

/* Registers */

uint64_t fuzz_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)address;
	(void)value;
	CHECK(fake_read_count < READS_MAX);
	switch (bytes) {
	case 1:
		return fuzz_byte();
	case 2:
		return fuzz_half();
	case 4:
		return fuzz_word();
	default:
		return fuzz_long();
	}
}

static uint64_t forget(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)address;
	(void)bytes;
	(void)value;
	fake_write_count = 0;
	return 0;
}

/* What libFuzzer calls */

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	fake_reset();
	fuzz_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fill = size ? *data : 0;
	next = size ? data + 1 : data;
	end = data + size;
	fake_reset_host();
	fake_step_us = 1000;
	fake_on_read = fuzz_read;
	fake_on_write = forget;
	fake_on_sysreg_read = NULL;
	fake_on_sysreg_write = NULL;
	fake_read_count = 0;
	fake_write_count = 0;
	fuzz_one();
	return 0;
}
