/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices whose addresses are built in or given by hand. */

#include "fixed.h"

#include <ukd/irqchip.h>
#include <ukd/log.h>

/* What runs once is to be small. */

/* Only the controller can read its specifiers. */
__attribute__((cold))
static void complete(struct ukd_record *record)
{
	const struct ukd_fixed *fixed = record->fixed;
	const uint32_t *cell = &ukd_board.cell[fixed->interrupt];
	struct ukd_device *dev = &record->dev;
	unsigned int i;
	int rc;

	if (!ukd_core.irqchip.cells)
		return;
	for (i = 0; i < fixed->irq_count; i++) {
		if (!fixed->cells) {
			dev->irq[i] = ukd_board.irq[fixed->interrupt + i];
		} else {
			rc = ukd_irq_translate(cell, fixed->cells,
					       &dev->irq[i]);
			cell += fixed->cells;
			if (rc) {
				ukd_warn(dev, "interrupts: entry %u refused by the interrupt controller (error %d)",
					 i, rc);
				return;
			}
		}
		dev->irq_count++;
	}
}

__attribute__((cold))
void ukd_fix(struct ukd_record *record, const struct ukd_fixed *fixed)
{
	struct ukd_device *dev = &record->dev;
	unsigned int i;

	dev->region_count = fixed->region_count < UKD_REGIONS_MAX
			    ? fixed->region_count : UKD_REGIONS_MAX;
	for (i = 0; i < dev->region_count; i++)
		dev->region[i] = ukd_board.region[fixed->region + i];
	dev->irq_count = 0;
	record->complete = complete;
	record->fixed = fixed;
}

__attribute__((cold))
struct ukd_record *ukd_new_fixed(const struct ukd_fixed *fixed)
{
	struct ukd_cursor cursor = ukd_cursor((struct ukd_value){
		.bytes = fixed->compatible,
		.size = fixed->compatible_size,
	});
	struct ukd_record *record;

	if (!ukd_match_next(&cursor))
		return NULL;
	record = ukd_new_record(ukd_board.path + fixed->path, cursor.driver);
	if (!record) {
		ukd_core.left_out++;
		return NULL;
	}
	ukd_fix(record, fixed);
	record->dev.node = NULL;
	record->dev.bus = NULL;
	record->dev.unit = 0;
	record->bus = NULL;
	record->gate = NULL;
	record->compatible = (struct ukd_value){
		.bytes = fixed->compatible,
		.size = fixed->compatible_size,
	};
	record->state = UKD_WAITING;
	return record;
}
