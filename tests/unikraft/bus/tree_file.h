/* SPDX-License-Identifier: BSD-3-Clause */
/* A tree from a file, in a block of its very size. */
#ifndef TREE_FILE_H
#define TREE_FILE_H

#include <stdio.h>
#include <stdlib.h>

static inline void *tree_from(const char *path)
{
	FILE *file = fopen(path, "rb");
	void *tree;
	long size;

	if (!file || fseek(file, 0, SEEK_END))
		exit(2);
	size = ftell(file);
	rewind(file);
	tree = malloc((size_t)size);
	if (!tree || fread(tree, 1, (size_t)size, file) != (size_t)size)
		exit(2);
	fclose(file);
	return tree;
}

#endif /* TREE_FILE_H */
