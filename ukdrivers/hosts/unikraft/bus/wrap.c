/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Look-ups in the device tree without a search.
 *
 * The linker gives every library of the image these functions in place of the
 * tree library's ones of the same names (its option --wrap). Each answers from
 * the index what the tree library would say. What the index can't answer (of
 * another tree, of a node that isn't there) the tree library is asked.
 *
 * One answer differs: a search by compatible string or by a property doesn't
 * find disabled nodes, since none of those who ask looks at `status`.
 *
 * Source: Devicetree Specification v0.4, 2.2 (names and paths) and 2.3
 * (standard properties).
 */

#include "lookup.h"

#include <libfdt.h>
#include <string.h>

/* A function of the tree library, and the one that stands in for it. */
#define UKD_WRAP(type, name, ...)		\
	type __real_##name(__VA_ARGS__);	\
	type __wrap_##name(__VA_ARGS__)

UKD_WRAP(int, fdt_parent_offset, const void *fdt, int offset);
UKD_WRAP(int, fdt_path_offset, const void *fdt, const char *path);
UKD_WRAP(int, fdt_node_offset_by_phandle, const void *fdt, uint32_t phandle);
UKD_WRAP(int, fdt_node_offset_by_compatible, const void *fdt, int start,
	 const char *compatible);
UKD_WRAP(int, fdt_node_offset_by_prop_value, const void *fdt, int start,
	 const char *name, const void *bytes, int size);
UKD_WRAP(const void *, fdt_getprop, const void *fdt, int offset,
	 const char *name, int *size);
UKD_WRAP(const struct fdt_property *, fdt_get_property_namelen, const void *fdt,
	 int offset, const char *name, int length, int *size);
int __wrap_fdt_address_cells(const void *fdt, int offset);
int __wrap_fdt_size_cells(const void *fdt, int offset);

/* Helpers */

typedef const struct ukd_index index_t;
typedef const struct ukd_index_node node_t;

/* A node of a tree; NULL when the tree library has to be asked. */
static node_t *node_at(const void *fdt, int offset)
{
	index_t *index = ukd_lookup(fdt);

	return index ? ukd_index_at(index, offset) : NULL;
}

/* The first node of a search; NULL when the tree library has to be asked. */
static node_t *first_after(const void *fdt, int start)
{
	index_t *index = ukd_lookup(fdt);
	node_t *node;

	if (!index || start < 0)
		return index ? index->node : NULL;
	node = ukd_index_at(index, start);
	return node ? node + 1 : NULL;
}

static bool is_compatible(index_t *index, node_t *node, const char *wanted)
{
	struct ukd_index_value list = ukd_index_compatible(index, node);
	const char *string = list.bytes;

	while (string < list.bytes + list.size) {
		if (!strcmp(string, wanted))
			return true;
		string += strlen(string) + 1;
	}
	return false;
}

/* Whether a node has a name, which may leave out the unit address. */
static bool is_called(index_t *index, node_t *node, const char *name,
		      size_t length)
{
	const char *own = ukd_index_name(index, node);

	if (strncmp(own, name, length))
		return false;
	return !own[length] ||
	       (own[length] == '@' && !memchr(name, '@', length));
}

static node_t *child(index_t *index, node_t *parent, const char *name,
		     size_t length)
{
	uint32_t number = (uint32_t)(parent - index->node), i;

	for (i = number + 1; i < index->count; i++) {
		node_t *node = &index->node[i];

		if (node->parent == number &&
		    is_called(index, node, name, length))
			return node;
	}
	return NULL;
}

/* A count of cells that is at least `least`; `otherwise` when absent. */
static int cell_count(const void *fdt, int offset, const char *name,
		      uint32_t least, int otherwise)
{
	int size;
	const uint32_t *value = __wrap_fdt_getprop(fdt, offset, name, &size);
	uint32_t count;

	if (!value)
		return size == -FDT_ERR_NOTFOUND ? otherwise : size;
	count = ukd_index_cell(*value);
	if (size != sizeof(count) || count < least || count > FDT_MAX_NCELLS)
		return -FDT_ERR_BADNCELLS;
	return (int)count;
}

/* Nodes */

int __wrap_fdt_parent_offset(const void *fdt, int offset)
{
	node_t *node = node_at(fdt, offset);

	if (!node)
		return __real_fdt_parent_offset(fdt, offset);
	if (!offset)
		return -FDT_ERR_NOTFOUND;
	return (int)ukd_lookup(fdt)->node[node->parent].offset;
}

int __wrap_fdt_path_offset(const void *fdt, const char *path)
{
	index_t *index = ukd_lookup(fdt);
	node_t *node = index && *path == '/' ? index->node : NULL;
	const char *name = path;

	while (node && *name) {
		size_t length = strcspn(name, "/");

		if (length)
			node = child(index, node, name, length);
		name += length ? length : 1;
	}
	return node ? (int)node->offset : __real_fdt_path_offset(fdt, path);
}

int __wrap_fdt_node_offset_by_phandle(const void *fdt, uint32_t phandle)
{
	index_t *index = ukd_lookup(fdt);
	uint32_t i;

	for (i = 0; phandle && index && i < index->count; i++) {
		if (index->node[i].phandle == phandle)
			return (int)index->node[i].offset;
	}
	return __real_fdt_node_offset_by_phandle(fdt, phandle);
}

int __wrap_fdt_node_offset_by_compatible(const void *fdt, int start,
					 const char *compatible)
{
	node_t *node = first_after(fdt, start);
	index_t *index = ukd_lookup(fdt);

	if (!node)
		return __real_fdt_node_offset_by_compatible(fdt, start,
							    compatible);
	for (; node < index->node + index->count; node++) {
		if (!node->disabled && is_compatible(index, node, compatible))
			return (int)node->offset;
	}
	if (index->count == index->total)
		return -FDT_ERR_NOTFOUND;
	return __real_fdt_node_offset_by_compatible(fdt, (int)node[-1].offset,
						    compatible);
}

int __wrap_fdt_node_offset_by_prop_value(const void *fdt, int start,
					 const char *name, const void *bytes,
					 int size)
{
	node_t *node = first_after(fdt, start);
	index_t *index = ukd_lookup(fdt);

	for (; node && node < index->node + index->count; node++) {
		int own;
		const void *value = __wrap_fdt_getprop(fdt, (int)node->offset,
						       name, &own);

		if (value && !node->disabled && own == size &&
		    !memcmp(value, bytes, (size_t)size))
			return (int)node->offset;
	}
	if (node && index->count == index->total)
		return -FDT_ERR_NOTFOUND;
	return __real_fdt_node_offset_by_prop_value(
		fdt, node ? (int)node[-1].offset : start, name, bytes, size);
}

/* Properties */

const struct fdt_property *
__wrap_fdt_get_property_namelen(const void *fdt, int offset, const char *name,
				int length, int *size)
{
	node_t *node = node_at(fdt, offset);
	const uint32_t *property;

	if (!node)
		return __real_fdt_get_property_namelen(fdt, offset, name,
						       length, size);
	property = ukd_index_property(ukd_lookup(fdt), node, name,
				      (size_t)length);
	if (size)
		*size = property ? (int)ukd_index_cell(property[1])
				 : -FDT_ERR_NOTFOUND;
	return (const void *)property;
}

const void *__wrap_fdt_getprop(const void *fdt, int offset, const char *name,
			       int *size)
{
	const struct fdt_property *property;

	if (!node_at(fdt, offset))
		return __real_fdt_getprop(fdt, offset, name, size);
	property = __wrap_fdt_get_property_namelen(fdt, offset, name,
						   (int)strlen(name), size);
	return property ? property->data : NULL;
}

int __wrap_fdt_address_cells(const void *fdt, int offset)
{
	return cell_count(fdt, offset, "#address-cells", 1, 2);
}

int __wrap_fdt_size_cells(const void *fdt, int offset)
{
	return cell_count(fdt, offset, "#size-cells", 0, 1);
}
