/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that the pass remembered, to the drivers that list them.
 *
 * Supports:   `interrupts`, and `interrupts-extended` as far as it names the
 *             bound interrupt controller.
 * Leaves out: interrupt nexus nodes (interrupt-map), cascaded controllers.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), 2.4.
 */

#include "internal.h"

#include <ukd/errno.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

#define CELL_BYTES	4U

/* Room for all regions and interrupts of a device in one line. */
#define TEXT_SIZE	(UKD_REGIONS_MAX * 40 + UKD_IRQS_MAX * 24)

/* Helpers */

struct line {
	char text[TEXT_SIZE];
	size_t length;
};

static void put(struct line *line, const char *text)
{
	while (*text && line->length < TEXT_SIZE - 1)
		line->text[line->length++] = *text++;
}

static void put_number(struct line *line, uint64_t value, unsigned int radix)
{
	char text[21];
	char *digit = &text[sizeof(text) - 1];

	*digit = '\0';
	do {
		*--digit = "0123456789abcdef"[value % radix];
		value /= radix;
	} while (value);
	put(line, digit);
}

/* Say where a device is bound: "0x9000000+0x1000 irq 33 level". */
static void say_bound(const struct ukd_device *dev)
{
	struct line line;
	unsigned int i;

	line.length = 0;
	for (i = 0; i < dev->region_count; i++) {
		put(&line, line.length ? " 0x" : "0x");
		put_number(&line, dev->region[i].base, 16);
		put(&line, "+0x");
		put_number(&line, dev->region[i].size, 16);
	}
	for (i = 0; i < dev->irq_count; i++) {
		put(&line, line.length ? " irq " : "irq ");
		put_number(&line, dev->irq[i].number, 10);
		put(&line, dev->irq[i].trigger == UKD_IRQ_EDGE ? " edge"
							       : " level");
	}
	if (!line.length)
		put(&line, "bound");
	line.text[line.length] = '\0';
	ukd_info(dev, "%s", line.text);
}

static struct ukd_value value_of(const struct ukd_device *dev, const char *name)
{
	size_t size = 0;
	const char *bytes = ukd_property(dev, name, &size);

	return (struct ukd_value){ .bytes = bytes, .size = (uint32_t)size };
}

/* Interrupts */

static void note_irqchip(const struct ukd_device *dev)
{
	ukd_core.irqchip.phandle = ukd_cell(value_of(dev, "phandle"), 0);
	ukd_core.irqchip.cells =
		ukd_cell(value_of(dev, "#interrupt-cells"), 0);
}

/* Take one interrupt; false when the controller refuses it. */
static bool take_one(struct ukd_device *dev, const uint32_t *cell,
		     uint32_t count)
{
	int rc = ukd_irq_translate(cell, count, &dev->irq[dev->irq_count]);

	if (rc) {
		ukd_warn(dev, "interrupts: entry %u refused by the interrupt controller (error %d)",
			 dev->irq_count, rc);
		return false;
	}
	dev->irq_count++;
	return true;
}

static void warn_foreign(const struct ukd_device *dev, uint32_t phandle)
{
	ukd_warn(dev, "interrupts: entry %u has parent %#x, which is not the bound interrupt controller",
		 dev->irq_count, phandle);
}

/* Take entries of one phandle and its specifier each. DTSpec 2.4.1.3. */
static void take_extended(struct ukd_device *dev, struct ukd_value list,
			  const struct ukd_bound_irqchip *parent)
{
	const uint32_t *cell = (const void *)list.bytes;
	uint32_t left = list.size / CELL_BYTES;

	while (left && dev->irq_count < UKD_IRQS_MAX) {
		if (ukd_be32(*cell) != parent->phandle) {
			warn_foreign(dev, ukd_be32(*cell));
			return;
		}
		if (left <= parent->cells)
			return;
		if (!take_one(dev, cell + 1, parent->cells))
			return;
		cell += 1 + parent->cells;
		left -= 1 + parent->cells;
	}
}

static void take_plain(struct ukd_device *dev, struct ukd_value list,
		       const struct ukd_bound_irqchip *parent)
{
	const uint32_t *cell = (const void *)list.bytes;
	uint32_t left = list.size / CELL_BYTES;

	while (left >= parent->cells && dev->irq_count < UKD_IRQS_MAX) {
		if (!take_one(dev, cell, parent->cells))
			return;
		cell += parent->cells;
		left -= parent->cells;
	}
}

static void take_interrupts(struct ukd_record *record)
{
	const struct ukd_bound_irqchip *parent = &ukd_core.irqchip;
	struct ukd_value list = value_of(&record->dev, "interrupts-extended");

	if (list.bytes) {
		take_extended(&record->dev, list, parent);
		return;
	}
	list = value_of(&record->dev, "interrupts");
	if (!list.bytes)
		return;
	if (record->interrupt_parent != parent->phandle)
		warn_foreign(&record->dev, record->interrupt_parent);
	else
		take_plain(&record->dev, list, parent);
}

/* Probing */

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
static bool bind(struct ukd_device *dev)
{
	struct ukd_cursor cursor = ukd_cursor(value_of(dev, "compatible"));
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

static unsigned int probe_class(enum ukd_class class)
{
	unsigned int i, bound = 0;

	for (i = 0; i < ukd_core.record_count; i++) {
		struct ukd_record *record = &ukd_core.block.record[i];

		if (record->class != class)
			continue;
		if (ukd_core.irqchip.cells)
			take_interrupts(record);
		if (!map(&record->dev) || !bind(&record->dev))
			continue;
		bound++;
		if (class == UKD_CLASS_IRQCHIP && !ukd_core.irqchip.cells)
			note_irqchip(&record->dev);
		if (ukd_is_logged(UKD_INFO))
			say_bound(&record->dev);
	}
	return bound;
}

unsigned int ukd_probe_classes(enum ukd_class first, enum ukd_class last)
{
	unsigned int class, bound = 0;

	if (ukd_core.left_out) {
		ukd_err(NULL, "device tree: %u matching nodes left out, no room for more than %u",
			ukd_core.left_out, ukd_core.record_count);
		ukd_core.left_out = 0;	/* said once */
	}

	for (class = first; class <= last; class++)
		bound += probe_class(class);
	return bound;
}

unsigned int ukd_probe(void)
{
	return ukd_probe_classes((enum ukd_class)0, UKD_CLASS_COUNT - 1);
}
