/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From compatible strings to drivers, through the generated hash table.
 *
 * Source: Devicetree Specification v0.4, 2.3.1 (the most specific string first).
 */

#include "internal.h"

#include <ukd/table.h>

/* Step to the next string; false when there is none. */
static bool next_string(struct ukd_cursor *cursor)
{
	const char *byte;
	uint32_t hash = UKD_HASH_START;

	if (cursor->next == cursor->end)
		return false;
	for (byte = cursor->next; *byte; byte++)
		hash = ukd_hash_step(hash, (unsigned char)*byte);

	cursor->string = cursor->next;
	cursor->next = byte + 1;
	cursor->hash = hash;
	cursor->slot = hash;
	return true;
}

/* The next driver that lists the cursor's string, or NULL. */
static const struct ukd_match *next_rival(struct ukd_cursor *cursor)
{
	for (;;) {
		const struct ukd_slot *slot =
			&ukd_table.slot[cursor->slot & ukd_table.mask];
		const struct ukd_driver *driver;
		const struct ukd_match *match;

		if (slot->driver == UKD_SLOT_EMPTY)
			return NULL;
		cursor->slot++;
		if (slot->hash != cursor->hash)
			continue;
		driver = ukd_table.driver[slot->driver];
		if (!driver)	/* configured off */
			continue;
		match = &driver->match[slot->match];
		if (ukd_same(match->compatible, cursor->string)) {
			cursor->driver = driver;
			return match;
		}
	}
}

const struct ukd_match *ukd_match_next(struct ukd_cursor *cursor)
{
	for (;;) {
		if (cursor->string) {
			const struct ukd_match *match = next_rival(cursor);

			if (match)
				return match;
		}
		if (!next_string(cursor))
			return NULL;
	}
}

bool ukd_has_driver(const char *compatible)
{
	struct ukd_cursor cursor = ukd_cursor((struct ukd_value){
		.bytes = compatible,
		.size = (uint32_t)ukd_length(compatible, UINT32_MAX) + 1,
	});

	return ukd_match_next(&cursor);
}
