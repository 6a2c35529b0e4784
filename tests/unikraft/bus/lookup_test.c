/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asks the look-ups what standard input says, one answer a line; an answer of
 * the tree library is "library".
 *
 * lookup_test TREE ROOM: with ROOM nodes of memory given first, if not 0
 */

#include "lookup.h"
#include "tree_file.h"

#include <libfdt.h>
#include <string.h>

/* What the tree library says to everything. */
#define LIBRARY		(-1000)

int __wrap_fdt_parent_offset(const void *fdt, int offset);
int __wrap_fdt_path_offset(const void *fdt, const char *path);
int __wrap_fdt_node_offset_by_phandle(const void *fdt, uint32_t phandle);
int __wrap_fdt_node_offset_by_compatible(const void *fdt, int start,
					 const char *compatible);
int __wrap_fdt_node_offset_by_prop_value(const void *fdt, int start,
					 const char *name, const void *bytes,
					 int size);
const void *__wrap_fdt_getprop(const void *fdt, int offset, const char *name,
			       int *size);
int __wrap_fdt_address_cells(const void *fdt, int offset);
int __wrap_fdt_size_cells(const void *fdt, int offset);

int __real_fdt_parent_offset(const void *fdt, int offset);
int __real_fdt_path_offset(const void *fdt, const char *path);
int __real_fdt_node_offset_by_phandle(const void *fdt, uint32_t phandle);
int __real_fdt_node_offset_by_compatible(const void *fdt, int start,
					 const char *compatible);
int __real_fdt_node_offset_by_prop_value(const void *fdt, int start,
					 const char *name, const void *bytes,
					 int size);
const void *__real_fdt_getprop(const void *fdt, int offset, const char *name,
			       int *size);
const struct fdt_property *
__real_fdt_get_property_namelen(const void *fdt, int offset, const char *name,
				int length, int *size);

/* The tree library. What it is asked to go on from is part of its answer. */

int __real_fdt_parent_offset(const void *fdt, int offset)
{
	(void)fdt, (void)offset;
	return LIBRARY;
}

int __real_fdt_path_offset(const void *fdt, const char *path)
{
	(void)fdt;
	printf("%s ", path);
	return LIBRARY;
}

int __real_fdt_node_offset_by_phandle(const void *fdt, uint32_t phandle)
{
	(void)fdt, (void)phandle;
	return LIBRARY;
}

int __real_fdt_node_offset_by_compatible(const void *fdt, int start,
					 const char *compatible)
{
	(void)fdt;
	printf("%d %s ", start, compatible);
	return LIBRARY;
}

int __real_fdt_node_offset_by_prop_value(const void *fdt, int start,
					 const char *name, const void *bytes,
					 int size)
{
	(void)fdt, (void)bytes;
	printf("%d %s %d ", start, name, size);
	return LIBRARY;
}

const void *__real_fdt_getprop(const void *fdt, int offset, const char *name,
			       int *size)
{
	(void)fdt, (void)offset, (void)name;
	*size = LIBRARY;
	return NULL;
}

const struct fdt_property *
__real_fdt_get_property_namelen(const void *fdt, int offset, const char *name,
				int length, int *size)
{
	(void)fdt, (void)offset, (void)name, (void)length;
	*size = LIBRARY;
	return NULL;
}

/* Questions */

static void say(int answer)
{
	if (answer == LIBRARY)
		puts("library");
	else
		printf("%d\n", answer);
}

static void say_property(const void *tree, int offset, const char *name)
{
	int size, i;
	const unsigned char *value =
		__wrap_fdt_getprop(tree, offset, name, &size);

	if (!value) {
		say(size);
		return;
	}
	printf("=");
	for (i = 0; i < size; i++)
		printf("%02x", value[i]);
	printf("\n");
}

static void answer(void *tree, const char *what, int number, const char *text)
{
	if (!strcmp(what, "parent"))
		say(__wrap_fdt_parent_offset(tree, number));
	else if (!strcmp(what, "path"))
		say(__wrap_fdt_path_offset(tree, text));
	else if (!strcmp(what, "phandle"))
		say(__wrap_fdt_node_offset_by_phandle(tree, (uint32_t)number));
	else if (!strcmp(what, "compatible"))
		say(__wrap_fdt_node_offset_by_compatible(tree, number, text));
	else if (!strcmp(what, "device_type"))
		say(__wrap_fdt_node_offset_by_prop_value(
			tree, number, what, text, (int)strlen(text) + 1));
	else if (!strcmp(what, "property"))
		say_property(tree, number, text);
	else if (!strcmp(what, "address-cells"))
		say(__wrap_fdt_address_cells(tree, number));
	else if (!strcmp(what, "size-cells"))
		say(__wrap_fdt_size_cells(tree, number));
	else if (!strcmp(what, "cell"))	/* overwrite one of the tree */
		((uint32_t *)tree)[number] =
			ukd_index_cell((uint32_t)strtoul(text, NULL, 0));
	else
		exit(2);
}

int main(int argc, char **argv)
{
	void *tree = tree_from(argc > 1 ? argv[1] : "");
	uint32_t room = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	struct ukd_index_node *node = NULL;
	char what[16], text[512];
	int number;

	if (room) {
		node = calloc(room, sizeof(*node));
		ukd_lookup_read(tree, node, room);
	}
	while (scanf("%15s %d %511s", what, &number, text) == 3)
		answer(tree, what, number, text);
	free(node);
	free(tree);
	return 0;
}
