/* SPDX-License-Identifier: BSD-3-Clause */
/* The devices that are bound, for those who list them. */

#include "internal.h"

const struct ukd_device *ukd_bound_device(unsigned int index)
{
	unsigned int i;

	for (i = 0; i < ukd_core.record_count; i++) {
		const struct ukd_record *record = &ukd_core.block.record[i];

		if (record->state == UKD_BOUND && !index--)
			return &record->dev;
	}
	return NULL;
}
