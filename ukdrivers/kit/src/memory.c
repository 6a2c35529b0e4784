/* SPDX-License-Identifier: BSD-3-Clause */
/* The core's block of memory, and the records at its start. */

#include "internal.h"

struct ukd_core ukd_core;

#define ALIGNMENT	8U

_Static_assert(sizeof(struct ukd_record) % ALIGNMENT == 0, "so the end is aligned");

static size_t left(void)
{
	return sizeof(ukd_core.block) - ukd_core.tail_size -
	       ukd_core.record_count * sizeof(struct ukd_record);
}

void *ukd_take(size_t size)
{
	if (size > left())
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	ukd_core.tail_size += (uint32_t)size;
	return ukd_core.block.byte + sizeof(ukd_core.block) -
	       ukd_core.tail_size;
}

struct ukd_record *ukd_new_record(const char *path,
				  const struct ukd_driver *driver)
{
	struct ukd_record *record =
		&ukd_core.block.record[ukd_core.record_count];

	if (!path || sizeof(*record) > left())
		return NULL;
	ukd_core.record_count++;
	record->dev.path = path;
	record->dev.driver = driver->name;
	record->class = (uint8_t)driver->class;
	return record;
}

/* No two devices share a path. */
struct ukd_record *ukd_record_of(const struct ukd_device *dev)
{
	unsigned int i;

	for (i = 0; i < ukd_core.record_count; i++) {
		if (ukd_core.block.record[i].dev.path == dev->path)
			return &ukd_core.block.record[i];
	}
	return NULL;
}
