/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The devices of an image in which some drivers scan the device tree and some
 * don't: the pass finds all, then those that don't scan are corrected.
 */

#include "fixed.h"

bool ukd_needs_tree(void)
{
	return true;
}

static struct ukd_record *record_at(const char *path, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (ukd_same(ukd_core.block.record[i].dev.path, path))
			return &ukd_core.block.record[i];
	}
	return NULL;
}

static bool scans(const char *driver)
{
	unsigned int i;

	for (i = 0; i < ukd_board.driver_count; i++) {
		if (ukd_same(ukd_board.driver[i], driver))
			return false;
	}
	return true;
}

/* What is by hand is on no bus but the root's. */
static const struct ukd_bus *root_bus(void)
{
	struct ukd_walk walk = ukd_walk();
	const struct ukd_record root = {
		.dev.path = "/",
		.dev.node = ukd_next_node(&walk),
	};

	return ukd_bus_of(&root);
}

int ukd_find(const void *blob, size_t limit, struct ukd_tree *tree)
{
	struct ukd_record *record;
	unsigned int i, scanned;
	int rc;

	rc = ukd_scan(blob, limit, tree);
	if (rc)
		return rc;
	scanned = ukd_core.record_count;
	for (i = 0; i < ukd_board.device_count; i++) {
		const struct ukd_fixed *fixed = &ukd_board.device[i];

		record = record_at(ukd_board.path + fixed->path,
				   scanned);
		if (record) {
			ukd_fix(record, fixed);
			continue;
		}
		record = ukd_new_fixed(fixed);
		if (record)
			record->bus = root_bus();
	}
	for (i = 0; i < scanned; i++) {
		record = &ukd_core.block.record[i];
		if (!record->fixed && !scans(record->dev.driver))
			record->state = UKD_LEFT;
	}
	return ukd_board.check ? ukd_board.check(blob, limit) : 0;
}
