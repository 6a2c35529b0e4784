/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver core on a device tree: the input's bytes as they are, or a tree
 * that is well-formed with nodes and properties that the input chose. Each
 * ends, and nothing behind the tree's end is read.
 */
#include <fuzz.h>

#include "core_test.h"

#include <ukd/bits.h>
#include <ukd/core.h>

#include <stdlib.h>
#include <string.h>

#define TREE_MAX	4096U
#define NODES_MAX	20U
#define HEADER		40U

static const char names[] =
	"compatible\0reg\0ranges\0dma-ranges\0#address-cells\0#size-cells\0"
	"interrupts\0interrupt-parent\0interrupts-extended\0interrupt-map\0"
	"interrupt-map-mask\0#interrupt-cells\0interrupt-controller\0phandle\0"
	"status\0device_type\0stdout-path\0model\0test-ranges\0test-region\0"
	"test-dma\0test-map\0test-add\0test-nested\0linux,phandle\0no-map";

static const char *const nodes[] = {
	"a@1", "soc", "chosen", "memory@40000000", "reserved-memory", "cpus",
	"aliases", "pcie@3", "intc@8", "b",
};

static const char *const values[] = {
	"test,uart", "test,chip", "test,bus", "test,host", "test,general",
	"test,contested", "test,broken", "simple-bus", "okay", "disabled",
	"memory", "/soc/a@1", "a\0test,uart", "pci1234,11e8",
};

static const uint32_t numbers[] = {
	0, 1, 2, 3, 4, 0x10, 0x1000, 0x40000000, 0x7fffffff, 0x80000000,
	0xfffffffe, 0xffffffff,
};

/* A tree in the making */

static uint8_t tree[TREE_MAX];
static size_t tree_size;
static unsigned int node_count;

static void put(uint32_t value)
{
	value = ukd_be32(value);
	if (tree_size + 4 <= TREE_MAX - sizeof(names) - 64)
		memcpy(tree + tree_size, &value, 4);
	tree_size += 4;
}

static void put_bytes(const void *bytes, size_t size)
{
	static const uint8_t zeros[4];

	if (tree_size + size + 4 <= TREE_MAX - sizeof(names) - 64) {
		memcpy(tree + tree_size, bytes, size);
		memcpy(tree + tree_size + size, zeros, 4);
	}
	tree_size = (tree_size + size + 3) & ~(size_t)3;
}

static bool has_room(void)
{
	return tree_size < TREE_MAX - sizeof(names) - 512;
}

static uint32_t name_at(unsigned int index)
{
	const char *name = names;

	while (index-- && name + strlen(name) + 1 < names + sizeof(names))
		name += strlen(name) + 1;
	return (uint32_t)(name - names);
}

static void put_property(void)
{
	uint32_t cells[12];
	unsigned int count, i, kind = fuzz_byte();
	const char *text;

	put(3);
	if (kind < 96) {
		text = values[fuzz_below(14)];
		i = (unsigned int)strlen(text) + 1;
		/* some are a list of two */
		i += text[0] == 'a' ? 10 : 0;
		put(i);
		put(name_at(kind < 64 ? 0 : fuzz_below(26)));
		put_bytes(text, i);
		return;
	}
	count = fuzz_below(13);
	for (i = 0; i < count; i++)
		cells[i] = ukd_be32(fuzz_is(32) ? fuzz_word() :
				    numbers[fuzz_below(12)]);
	put(count * 4);
	put(name_at(fuzz_below(26)));
	put_bytes(cells, count * 4);
}

static void put_node(unsigned int depth)
{
	const char *name = depth ? nodes[fuzz_below(10)] : "";
	unsigned int count;

	put(1);
	put_bytes(name, strlen(name) + 1);
	for (count = fuzz_byte() & 7; count && has_room(); count--)
		put_property();
	for (count = fuzz_byte() & 3; count && has_room() && depth < 6 &&
	     node_count < NODES_MAX; count--) {
		node_count++;
		put_node(depth + 1);
	}
	put(2);
}

static void set(unsigned int index, uint32_t value)
{
	value = ukd_be32(value);
	memcpy(tree + 4 * index, &value, 4);
}

static void make_tree(void)
{
	size_t end;

	memset(tree, 0, sizeof(tree));
	node_count = 0;
	tree_size = HEADER + 16;
	put_node(0);
	put(9);
	end = tree_size;
	memcpy(tree + end, names, sizeof(names));
	tree_size += sizeof(names);
	set(0, 0xd00dfeed);
	set(1, (uint32_t)tree_size);
	set(2, HEADER + 16);
	set(3, (uint32_t)end);
	set(4, HEADER);
	set(5, 17);
	set(6, 16);
	set(8, sizeof(names));
	set(9, (uint32_t)end - HEADER - 16);
}

/* One input */

static void run(const uint8_t *bytes, size_t size)
{
	struct ukd_tree found;
	unsigned int i;
	void *blob;

	/* an allocation of its own size: the sanitizer sees each end */
	CHECK(!posix_memalign(&blob, 8, size ? size : 1));
	memcpy(blob, bytes, size);
	memset(&found, 0xa5, sizeof(found));
	i = (unsigned int)ukd_scan(blob, size, &found);
	CHECK(!i || !found.memory_count);
	CHECK(found.memory_count <= UKD_MEMORY_MAX);
	CHECK(found.reserved_count <= UKD_RESERVED_MAX);
	CHECK(strlen(found.model) <= size);
	i = ukd_probe();
	add_late();
	while (i)
		CHECK(ukd_bound_device(--i));
	free(blob);
}

void fuzz_init(void)
{
	is_silent = true;
}

void fuzz_one(void)
{
	const uint8_t *bytes;
	size_t size;

	if (fuzz_byte() & 1) {
		make_tree();
		run(tree, tree_size);
		return;
	}
	bytes = fuzz_rest(&size);
	run(bytes, size);
}
