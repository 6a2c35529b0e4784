/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that were found by scanning a bus. */

#include "internal.h"

#include <ukd/bus.h>
#include <ukd/errno.h>

static char *copy(char *to, const char *from, size_t size)
{
	while (size--)
		*to++ = *from++;
	return to;
}

/* The bus that DMA of a device goes through: its own, if that has a node. */
static const struct ukd_bus *bus_below(const struct ukd_record *parent)
{
	if (!parent)
		return NULL;
	return parent->dev.node ? ukd_bus_of(parent) : parent->bus;
}

/*
 * Take room for a path and strings, one behind the other.
 *
 * @param list its bytes become those of the copy
 *
 * @return the path, or NULL
 */
static const char *new_text(const char *above, const char *name,
			    struct ukd_value *list)
{
	size_t above_size = ukd_length(above, SIZE_MAX);
	size_t name_size = ukd_length(name, SIZE_MAX) + 1;
	char *text = ukd_take(above_size + 1 + name_size + list->size);
	char *byte;

	if (!text)
		return NULL;
	byte = copy(text, above, above_size);
	*byte++ = '/';
	byte = copy(byte, name, name_size);
	copy(byte, list->bytes, list->size);
	list->bytes = byte;
	return text;
}

int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *found, const char *name,
		   const char *compatible, size_t size)
{
	struct ukd_value list = { .bytes = compatible, .size = (uint32_t)size };
	const struct ukd_record *gate = ukd_record_of(parent);
	const struct ukd_bus *bus = bus_below(gate);
	struct ukd_cursor cursor = ukd_cursor(list);
	struct ukd_record *record = NULL;
	struct ukd_device dev = *found;

	if (!ukd_match_next(&cursor))
		return -ENODEV;
	dev.path = new_text(parent->path, name, &list);
	dev.node = NULL;
	dev.driver = cursor.driver->name;
	if (bus || !gate)
		record = ukd_new_record(dev.path, cursor.driver);
	if (!record)
		return -ENOMEM;

	record->dev = dev;
	record->complete = NULL;
	record->fixed = NULL;
	record->bus = bus;
	record->gate = gate;
	record->compatible = list;
	record->state = UKD_WAITING;
	if (ukd_core.turns & UKD_BIT(record->class)) {
		ukd_core.is_unsettled = true;
		ukd_settle();
	}
	return 0;
}
