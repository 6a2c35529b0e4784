/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and strings. Words at a time where both ends allow it: the compiler
 * must not assume that unaligned access works, see -mstrict-align.
 */

#include <stdint.h>
#include <string.h>

/* May be laid over objects of any type. */
typedef uint64_t __attribute__((may_alias)) word;

#define WORD		sizeof(word)
#define LINE		(8 * WORD)

static int both_aligned(const void *one, const void *other)
{
	return !(((uintptr_t)one | (uintptr_t)other) % WORD);
}

static void *copy_up(char *to, const char *from, size_t size)
{
	char *start = to;

	if (both_aligned(to, from)) {
		for (; size >= WORD; size -= WORD) {
			*(word *)(void *)to = *(const word *)(const void *)from;
			to += WORD;
			from += WORD;
		}
	}
	for (; size; size--)
		*to++ = *from++;
	return start;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	return copy_up(to, from, size);
}

void *memmove(void *to, const void *from, size_t size)
{
	char *byte = (char *)to + size;
	const char *source = (const char *)from + size;

	/* Upwards unless that would overwrite bytes not yet read. */
	if ((uintptr_t)to - (uintptr_t)from >= size)
		return copy_up(to, from, size);
	for (; size; size--)
		*--byte = *--source;
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	word pattern = (unsigned char)byte * UINT64_C(0x0101010101010101);
	unsigned char *at = to;

	for (; size && (uintptr_t)at % WORD; size--)
		*at++ = (unsigned char)byte;
	for (; size >= LINE; size -= LINE, at += LINE) {
		word *line = (word *)(void *)at;

		line[0] = line[1] = line[2] = line[3] = pattern;
		line[4] = line[5] = line[6] = line[7] = pattern;
	}
	for (; size >= WORD; size -= WORD, at += WORD)
		*(word *)(void *)at = pattern;
	for (; size; size--)
		*at++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *one, const void *other, size_t size)
{
	const unsigned char *a = one, *b = other;

	for (; size; size--, a++, b++) {
		if (*a != *b)
			return *a - *b;
	}
	return 0;
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

int strcmp(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return (unsigned char)*one - (unsigned char)*other;
}
