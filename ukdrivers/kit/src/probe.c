/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices to the drivers that list them, class by class.
 *
 * A probe can make others due whose class's turn has been: those on the bus
 * that it started, and those that it added. They are probed when it and the
 * rest of its class are through, never from within it, so the stack is bounded.
 * A host may call ukd_probe_classes() from within a probe, though, when that
 * logs and the log needs a console.
 */

#include "internal.h"

#include <ukd/errno.h>
#include <ukd/log.h>

/* One device */

static bool map(struct ukd_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->region_count; i++) {
		int rc = ukd_map(&dev->region[i]);

		if (rc) {
			ukd_err(dev, "reg: entry %u can't be mapped (error %d)",
				i, rc);
			return false;
		}
	}
	return true;
}

/* Offer a device to its drivers, best first, until one keeps it. */
static bool bind(struct ukd_record *record)
{
	struct ukd_device *dev = &record->dev;
	struct ukd_cursor cursor = ukd_cursor(record->compatible);
	const struct ukd_match *match;

	while ((match = ukd_match_next(&cursor))) {
		int rc;

		dev->driver = cursor.driver->name;
		rc = cursor.driver->probe(dev, match->variant);
		if (!rc)
			return true;
		if (rc != -ENODEV)	/* the driver said why */
			return false;
	}
	return false;
}

/* What a scanned bus has found comes with its regions and interrupts. */
static bool start(struct ukd_record *record)
{
	if (record->complete) {
		record->complete(record);
		if (!map(&record->dev))
			return false;
	}
	return bind(record);
}

static void probe(struct ukd_record *record)
{
	const struct ukd_device *dev = &record->dev;
	bool is_bound;

	record->state = UKD_PROBING;
	is_bound = start(record);
	record->state = is_bound ? UKD_BOUND : UKD_LEFT;
	if (record->class == UKD_CLASS_BUS)
		ukd_core.is_unsettled = true;
	if (!is_bound)
		return;

	ukd_core.bound_count++;
	if (record->class == UKD_CLASS_IRQCHIP && !ukd_core.irqchip.cells &&
	    dev->node)
		ukd_note_irqchip(dev);
	ukd_say_bound(dev);
}

/* Classes */

/* Whether a device can be probed now; left when its bus was. */
static bool is_due(struct ukd_record *record)
{
	const struct ukd_record *gate = record->gate;

	if (record->state != UKD_WAITING)
		return false;
	if (!gate || gate->state == UKD_BOUND)
		return true;
	if (gate->state == UKD_LEFT) {
		record->state = UKD_LEFT;
		ukd_core.is_unsettled = true;
		ukd_err(&record->dev, "left out, its bus %s isn't started",
			gate->dev.path);
	}
	return false;
}

static void probe_class(unsigned int class)
{
	struct ukd_record *record;
	unsigned int i;

	if (class == UKD_CLASS_CONSOLE) {
		record = ukd_stdout_record();
		if (record && is_due(record))
			probe(record);
	}
	for (i = 0; i < ukd_core.record_count; i++) {
		record = &ukd_core.block.record[i];
		if (record->class == class && is_due(record))
			probe(record);
	}
}

void ukd_settle(void)
{
	unsigned int class;

	while (ukd_core.is_unsettled && !ukd_core.probes) {
		ukd_core.is_unsettled = false;
		ukd_core.probes++;
		for (class = 0; class < UKD_CLASS_COUNT; class++) {
			if (ukd_core.turns & UKD_BIT(class))
				probe_class(class);
		}
		ukd_core.probes--;
	}
}

unsigned int ukd_probe_classes(enum ukd_class first, enum ukd_class last)
{
	unsigned int class, before = ukd_core.bound_count;

	if (ukd_core.left_out) {
		ukd_err(NULL, "device tree: %u nodes left out, no room after %u matching ones",
			ukd_core.left_out, ukd_core.record_count);
		ukd_core.left_out = 0;	/* said once */
	}

	for (class = first; class <= last; class++) {
		ukd_core.turns |= UKD_BIT(class);
		ukd_core.probes++;
		probe_class(class);
		ukd_core.probes--;
		ukd_settle();
	}
	return ukd_core.bound_count - before;
}

unsigned int ukd_probe(void)
{
	return ukd_probe_classes((enum ukd_class)0, UKD_CLASS_COUNT - 1);
}
