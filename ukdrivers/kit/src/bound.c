/* SPDX-License-Identifier: BSD-3-Clause */
/* The line that says where a device is bound. */

#include "internal.h"

#include <ukd/log.h>

/* Room for all regions and interrupts of a device in one line. */
#define TEXT_SIZE	(UKD_REGIONS_MAX * 40 + UKD_IRQS_MAX * 24)

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

/* As in "0x9000000+0x1000 irq 33 level". */
void ukd_say_bound(const struct ukd_device *dev)
{
	struct line line;
	unsigned int i;

	if (!ukd_is_logged(UKD_INFO))
		return;
	line.length = 0;
	for (i = 0; i < dev->region_count; i++) {
		if (!dev->region[i].size)
			continue;
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
