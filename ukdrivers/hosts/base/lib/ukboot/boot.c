/* SPDX-License-Identifier: BSD-3-Clause */
/* From the device tree to main(). */

#include <uk/plat/boot.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/arch/irq.h>
#include <uk/plat/irq.h>
#include <uk/plat/memory.h>
#include <uk/plat/power.h>
#include <ukd/core.h>
#include <ukd/log.h>
#include <ukd/table.h>

/* RAM first: what the devices' blocks then fill is all the rest. */
static void map_all(const struct ukd_tree *tree)
{
	unsigned int i;

	for (i = 0; i < tree->memory_count; i++) {
		const struct ukd_region *bank = &tree->memory[i];

		if (uk_memory_map_within(bank->base, bank->size, UK_MEMORY_RAM))
			ukd_warn(NULL, "memory %#lx+%#zx: not all of it can be mapped",
				 bank->base, bank->size);
	}
	if (uk_memory_map(UK_MEMORY_NULL_END, UK_MEMORY_LIMIT, UK_MEMORY_DEVICE))
		ukd_warn(NULL, "not all devices can be mapped");
}

/* Whether a driver for a compatible string is linked; see <ukd/table.h>. */
static bool is_driver_linked(const char *compatible)
{
	uint32_t hash = UKD_HASH_START;
	const struct ukd_slot *slot;
	const char *c;

	for (c = compatible; *c; c++)
		hash = ukd_hash_step(hash, (unsigned char)*c);

	for (; slot = &ukd_table.slot[hash & ukd_table.mask],
	       slot->driver != UKD_SLOT_EMPTY; hash++) {
		const struct ukd_driver *driver = ukd_table.driver[slot->driver];

		if (driver && !strcmp(driver->match[slot->match].compatible,
				      compatible))
			return true;
	}
	return false;
}

/* An image without an interrupt controller would only wait. */
static void require_irqchip(const struct ukd_tree *tree)
{
	if (uk_irq_limit())
		return;
	if (!tree->irqchip)
		uk_halt("the device tree has no interrupt controller");
	if (tree->irqchip_compatible &&
	    !is_driver_linked(tree->irqchip_compatible))
		ukd_err(NULL, "%s: no linked driver for %s", tree->irqchip,
			tree->irqchip_compatible);
	uk_halt("no interrupt controller");
}

void uk_boot(const void *blob, size_t limit)
{
	struct ukd_tree tree;
	int rc;

	if (ukd_scan(blob, limit, &tree))
		uk_halt("malformed device tree");
	printf("ukdrivers base on %s\n", tree.model);
	map_all(&tree);
	ukd_probe();
	require_irqchip(&tree);

	uk_irqs_on();
	rc = main();
	if (rc)
		uk_halt("main returned %d", rc);
	uk_power_off();
}
