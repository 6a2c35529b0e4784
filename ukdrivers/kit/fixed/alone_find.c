/* SPDX-License-Identifier: BSD-3-Clause */
/* The devices of an image in which no driver scans the device tree. */

#include "fixed.h"

bool ukd_needs_tree(void)
{
	return ukd_board.check;
}

static const struct ukd_record *record_of(const struct ukd_fixed *fixed)
{
	unsigned int i;

	for (i = 0; i < ukd_core.record_count; i++) {
		if (ukd_core.block.record[i].fixed == fixed)
			return &ukd_core.block.record[i];
	}
	return NULL;
}

/* It runs once and is to be small. */
__attribute__((cold))
int ukd_find(const void *blob, size_t limit, struct ukd_tree *tree)
{
	const struct ukd_fixed *fixed = ukd_board.device;
	const struct ukd_fixed *end = fixed + ukd_board.device_count;
	struct ukd_record *record;

	for (; fixed < end; fixed++) {
		record = ukd_new_fixed(fixed);
		if (!record)
			continue;
		record->dev.node = fixed;
		if (fixed->links)
			record->bus = fixed->links->bus;
		if (fixed->gate)
			record->gate = record_of(&ukd_board.device[fixed->gate - 1]);
	}
	*tree = ukd_board.tree;
	return ukd_board.check ? ukd_board.check(blob, limit) : 0;
}

__attribute__((cold))
struct ukd_record *ukd_stdout_record(void)
{
	unsigned int i;

	for (i = 0; ukd_board.stdout_path && i < ukd_core.record_count; i++) {
		struct ukd_record *record = &ukd_core.block.record[i];

		if (record->class == UKD_CLASS_CONSOLE &&
		    ukd_same(record->dev.path, ukd_board.stdout_path))
			return record;
	}
	return NULL;
}
