/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver core on a tree from a file: prints what the pass and the probes
 * find. With a count and a seed, does so silently for that many broken trees.
 */

#include "core_test.h"

#include <fake.h>
#include <ukd/bits.h>
#include <ukd/core.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One tree */

static int run(const void *blob, size_t size)
{
	struct ukd_tree tree;
	unsigned int i;
	int rc;

	fake_reset();
	memset(&tree, 0xa5, sizeof(tree));
	rc = ukd_scan(blob, size, &tree);
	SAY("scan %d\nmodel %s\n", rc, tree.model);
	for (i = 0; i < tree.memory_count; i++)
		SAY("memory 0x%lx+0x%zx\n", (unsigned long)tree.memory[i].base,
		    tree.memory[i].size);
	for (i = 0; i < tree.reserved_count; i++)
		SAY("reserved 0x%lx+0x%zx\n",
		    (unsigned long)tree.reserved[i].base,
		    tree.reserved[i].size);
	SAY("irqchip %s %s\n", tree.irqchip ? tree.irqchip : "none",
	    tree.irqchip_compatible ? tree.irqchip_compatible : "none");
	i = ukd_probe();
	add_late();
	SAY("bound %u\n%s", i, fake_log());
	return rc;
}

/* Many broken trees */

static uint64_t state;

static uint32_t any(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return limit ? (uint32_t)(state >> 16) % limit : 0;
}

static void put_cell(unsigned char *blob, size_t at, uint32_t value)
{
	value = ukd_be32(value);
	memcpy(blob + at, &value, sizeof(value));
}

static void mutate(unsigned char *blob, size_t size)
{
	static const uint32_t values[] = {
		0, 1, 2, 3, 4, 5, 9, 16, 255, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xfffffffc, 0xfffffffd, 0xffffffff,
	};
	unsigned int left = 1 + any(4);

	while (left--) {
		size_t at = any(any(4) ? (uint32_t)size : 64);

		switch (any(3)) {
		case 0:
			blob[at % size] = (unsigned char)any(256);
			break;
		case 1:
			put_cell(blob, at % (size - 4) / 4 * 4, values[any(15)]);
			break;
		default:
			put_cell(blob, at % (size - 4) / 4 * 4,
				 any((uint32_t)size * 2));
			break;
		}
	}
}

static unsigned int run_broken(const unsigned char *blob, size_t size,
			       unsigned int count)
{
	unsigned int good = 0;

	is_silent = true;
	while (count--) {
		/* an allocation of its own size: the sanitizer sees each end */
		size_t kept = any(4) ? size : any((uint32_t)size);
		unsigned char *copy = malloc(kept ? kept : 1);

		memcpy(copy, blob, kept);
		if (kept > 64)
			mutate(copy, kept);
		good += run(copy, kept) == 0;
		free(copy);
	}
	is_silent = false;
	return good;
}

int main(int argc, char **argv)
{
	static unsigned char file[4 << 20];
	FILE *stream = argc > 1 ? fopen(argv[1], "rb") : NULL;
	unsigned char *blob;
	size_t size;

	if (!stream)
		return 2;
	size = fread(file, 1, sizeof(file), stream);
	fclose(stream);

	if (argc > 3) {
		state = strtoull(argv[3], NULL, 0);
		printf("good %u\n", run_broken(file, size, (unsigned int)
					       strtoul(argv[2], NULL, 0)));
		return 0;
	}
	blob = malloc(size ? size : 1);
	memcpy(blob, file, size);
	run(blob, size);
	free(blob);
	return 0;
}
