/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the tree is the one that was built in: FNV-1a, 64 bit, over names,
 * sizes and values, by 32-bit words where they are words.
 *
 * Left out are /chosen and /secure-chosen, which boot loaders fill in anew each
 * time.
 *
 * Source: RFC 9923, 5 (its constants); Devicetree Specification v0.4, 5.2, 5.4.
 */

#include "../src/fdt.h"
#include "fixed.h"

#include <ukd/errno.h>
#include <ukd/log.h>

#define HASH_START	UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME	UINT64_C(0x00000100000001b3)

#define MAGIC		0xd00dfeedU
#define HEADER_CELLS	10U

/* The header's cells. */
enum header {
	HEADER_MAGIC,
	HEADER_TOTALSIZE,
	HEADER_OFF_STRUCT,
	HEADER_OFF_STRINGS,
	HEADER_SIZE_STRINGS = 8,
	HEADER_SIZE_STRUCT
};

struct reading {
	const uint32_t *next;
	const uint32_t *end;
	const char *strings;
	uint32_t strings_size;
	uint64_t hash;
	unsigned int depth;
	unsigned int skipped;	/* depth of the node that is left out, or 0 */
};

static inline uint64_t step(uint64_t hash, uint32_t value)
{
	return (hash ^ value) * HASH_PRIME;
}

static inline bool has_zero(uint32_t bytes)
{
	return (bytes - 0x01010101U) & ~bytes & 0x80808080U;
}

static bool begin(struct reading *in)
{
	const uint32_t *word = in->next;
	const char *name = (const char *)word;

	do {
		if (in->next == in->end)
			return false;
	} while (!has_zero(*in->next++));

	in->depth++;
	if (in->depth == 2 && !in->skipped &&
	    (ukd_same(name, "chosen") || ukd_same(name, "secure-chosen")))
		in->skipped = in->depth;
	for (; !in->skipped && word < in->next; word++)
		in->hash = step(in->hash, *word);
	return true;
}

static bool property(struct reading *in)
{
	uint64_t hash = in->hash;
	uint32_t size, offset, i;
	const char *name;

	if (in->end - in->next < 2)
		return false;
	size = ukd_be32(in->next[0]);
	offset = ukd_be32(in->next[1]);
	in->next += 2;
	if (size > (size_t)((const char *)in->end - (const char *)in->next) ||
	    offset >= in->strings_size)
		return false;
	if (!in->skipped) {
		for (name = in->strings + offset; *name; name++)
			hash = step(hash, (unsigned char)*name);
		hash = step(hash, size);
		for (i = 0; i < size / 4; i++)
			hash = step(hash, in->next[i]);
		for (i = size / 4 * 4; i < size; i++)
			hash = step(hash, ((const unsigned char *)in->next)[i]);
		in->hash = hash;
	}
	in->next += ((size_t)size + 3) / 4;
	return true;
}

/* @return whether all of it could be read */
static bool read(struct reading *in)
{
	while (in->next < in->end) {
		uint32_t token = ukd_be32(*in->next++);

		if (token == UKD_FDT_NOP)
			continue;
		if (token == UKD_FDT_END)
			return true;
		if (!in->skipped)
			in->hash = step(in->hash, token);
		if (token == UKD_FDT_END_NODE) {
			if (in->skipped == in->depth)
				in->skipped = 0;
			in->depth--;
		} else if (token == UKD_FDT_BEGIN_NODE ? !begin(in)
						       : !property(in)) {
			return false;
		}
	}
	return false;
}

/* Find the blocks; within `limit`. */
static bool open(struct reading *in, const uint32_t *cell, size_t limit)
{
	uint32_t structure, structure_size, strings, strings_size;

	if (limit < HEADER_CELLS * sizeof(*cell) || (uintptr_t)cell % 8 ||
	    ukd_be32(cell[HEADER_MAGIC]) != MAGIC)
		return false;
	structure = ukd_be32(cell[HEADER_OFF_STRUCT]);
	structure_size = ukd_be32(cell[HEADER_SIZE_STRUCT]);
	strings = ukd_be32(cell[HEADER_OFF_STRINGS]);
	strings_size = ukd_be32(cell[HEADER_SIZE_STRINGS]);
	if (structure % 4 || structure > limit ||
	    structure_size > limit - structure || strings > limit ||
	    !strings_size || strings_size > limit - strings)
		return false;
	*in = (struct reading){
		.next = cell + structure / 4,
		.end = cell + structure / 4 + structure_size / 4,
		.strings = (const char *)cell + strings,
		.strings_size = strings_size,
		.hash = HASH_START,
	};
	return !in->strings[strings_size - 1];
}

int ukd_check_tree(const void *blob, size_t limit)
{
	struct reading in;

	if (!open(&in, blob, limit) || !read(&in))
		return -EINVAL;
	if (in.hash == ukd_board.hash)
		return 0;
	ukd_err(NULL, "device tree: its hash is %#lx, wanted %#lx of %s",
		(unsigned long)in.hash, (unsigned long)ukd_board.hash,
		ukd_board.name);
	return -ENODEV;
}
