/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the pass over the tree remembers of a node whose properties are read.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapters 2 and 3.
 */

#include "internal.h"

/* Helpers */

/* Text at the end of the core's block; NULL when there is no room. */
static char *new_text(size_t size)
{
	size_t taken = ukd_core.record_count * sizeof(struct ukd_record) +
		       ukd_core.text_size;

	if (size > sizeof(ukd_core.block) - taken)
		return NULL;
	ukd_core.text_size += (uint32_t)size;
	return ukd_core.block.text + sizeof(ukd_core.block) -
	       ukd_core.text_size;
}

static struct ukd_record *new_record(void)
{
	size_t taken = ukd_core.record_count * sizeof(struct ukd_record) +
		       ukd_core.text_size;

	if (sizeof(struct ukd_record) > sizeof(ukd_core.block) - taken)
		return NULL;
	return &ukd_core.block.record[ukd_core.record_count++];
}

/* Path of the open node; NULL when there is no room. */
static const char *new_path(const struct ukd_scan *scan)
{
	char *path, *byte;
	const char *name;
	size_t size = 1;
	unsigned int depth;

	if (scan->depth == 1)
		return "/";

	for (depth = 2; depth <= scan->depth; depth++) {
		for (name = scan->level[depth].name; *name; name++)
			size++;
		size++;
	}
	path = new_text(size);
	if (!path)
		return NULL;

	byte = path;
	for (depth = 2; depth <= scan->depth; depth++) {
		*byte++ = '/';
		for (name = scan->level[depth].name; *name; name++)
			*byte++ = *name;
	}
	*byte = '\0';
	return path;
}

/* The first string of a value, or `otherwise` when it has no end. */
static const char *first_string(struct ukd_value value, const char *otherwise)
{
	if (!value.bytes || ukd_length(value.bytes, value.size) == value.size)
		return otherwise;
	return value.bytes;
}

static bool is_string(struct ukd_value value, const char *wanted)
{
	const char *text = first_string(value, NULL);

	return text && ukd_same(text, wanted);
}

/* DTSpec 2.3.4; "ok" is not in it, but on boards. */
static bool is_disabled(struct ukd_value status)
{
	return !is_string(status, "okay") && !is_string(status, "ok");
}

/* What a node is: called with its properties complete */

static void remember_memory(struct ukd_scan *scan)
{
	struct ukd_tree *tree = scan->tree;
	struct ukd_region region[UKD_MEMORY_MAX];
	unsigned int i, count;

	count = ukd_regions(scan->level, scan->depth - 1,
			    ukd_value(scan, UKD_NAME_REG), region,
			    UKD_MEMORY_MAX);
	for (i = 0; i < count && tree->memory_count < UKD_MEMORY_MAX; i++) {
		if (region[i].size)
			tree->memory[tree->memory_count++] = region[i];
	}
}

/* The node's interrupt parent as far as phandles tell. DTSpec 2.4.1. */
static uint32_t interrupt_parent(const struct ukd_scan *scan)
{
	return ukd_cell(ukd_value(scan, UKD_NAME_INTERRUPT_PARENT),
			scan->level[scan->depth - 1].interrupt_parent);
}

/* Whether two values are the same, down to their padding. */
static bool is_same_value(const uint32_t *one, const uint32_t *other)
{
	uint32_t size = ukd_be32(one[-2]), i;

	if (one[-2] != other[-2])
		return false;
	for (i = 0; i < (size + 3) / 4; i++) {
		if (one[i] != other[i])
			return false;
	}
	return true;
}

static void remember_match(struct ukd_scan *scan)
{
	const uint32_t *compatible = scan->value[UKD_NAME_COMPATIBLE];
	struct ukd_cursor cursor =
		ukd_cursor(ukd_value(scan, UKD_NAME_COMPATIBLE));
	struct ukd_record *record;
	const char *path;

	/* boards have rows of equal nodes */
	if (scan->unlisted && is_same_value(scan->unlisted, compatible))
		return;
	if (!ukd_match_next(&cursor)) {
		scan->unlisted = compatible;
		return;
	}

	path = new_path(scan);
	record = path ? new_record() : NULL;
	if (!record) {
		ukd_core.left_out++;
		return;
	}
	record->dev.path = path;
	record->dev.region_count = ukd_regions(scan->level, scan->depth - 1,
					       ukd_value(scan, UKD_NAME_REG),
					       record->dev.region,
					       UKD_REGIONS_MAX);
	record->dev.irq_count = 0;
	record->dev.node = scan->properties;
	record->dev.driver = cursor.driver->name;
	record->interrupt_parent = interrupt_parent(scan);
	record->class = cursor.driver->class;
}

static void remember_irqchip(struct ukd_scan *scan)
{
	scan->tree->irqchip = new_path(scan);
	scan->tree->irqchip_compatible =
		first_string(ukd_value(scan, UKD_NAME_COMPATIBLE), NULL);
}

static void remember_root(struct ukd_scan *scan)
{
	scan->root_irqchip = ukd_cell(
		ukd_value(scan, UKD_NAME_INTERRUPT_PARENT), 0);
	scan->tree->model = first_string(ukd_value(scan, UKD_NAME_MODEL), "");
}

void ukd_judge(struct ukd_scan *scan)
{
	struct ukd_open_node *own = &scan->level[scan->depth];
	uint32_t present = scan->present;

	if (scan->depth == 1)
		remember_root(scan);
	if (present & UKD_BIT(UKD_NAME_PHANDLE) && !scan->tree->irqchip &&
	    scan->root_irqchip &&
	    ukd_cell(ukd_value(scan, UKD_NAME_PHANDLE), 0) == scan->root_irqchip)
		remember_irqchip(scan);

	own->disabled = own[-1].disabled ||
			(present & UKD_BIT(UKD_NAME_STATUS) &&
			 is_disabled(ukd_value(scan, UKD_NAME_STATUS)));
	if (own->disabled)
		return;
	if (present & UKD_BIT(UKD_NAME_COMPATIBLE))
		remember_match(scan);
	if (present & UKD_BIT(UKD_NAME_DEVICE_TYPE) &&
	    is_string(ukd_value(scan, UKD_NAME_DEVICE_TYPE), "memory"))
		remember_memory(scan);
}

void ukd_expect_children(struct ukd_scan *scan)
{
	struct ukd_open_node *own = &scan->level[scan->depth];

	own->ranges = ukd_value(scan, UKD_NAME_RANGES);
	own->address_cells =
		ukd_cell(ukd_value(scan, UKD_NAME_ADDRESS_CELLS), 2);
	own->size_cells = ukd_cell(ukd_value(scan, UKD_NAME_SIZE_CELLS), 1);
	own->interrupt_parent =
		scan->present & UKD_BIT(UKD_NAME_INTERRUPT_CELLS)
		? ukd_cell(ukd_value(scan, UKD_NAME_PHANDLE), 0)
		: interrupt_parent(scan);
}
