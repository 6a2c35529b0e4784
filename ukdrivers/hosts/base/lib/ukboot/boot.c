/* SPDX-License-Identifier: BSD-3-Clause */
/* From the devices of the board to main(). */

#include "ram.h"

#include <uk/plat/boot.h>

#include <stdio.h>
#include <uk/arch/irq.h>
#include <uk/plat/irq.h>
#include <uk/plat/power.h>
#include <ukd/core.h>
#include <ukd/errno.h>
#include <ukd/log.h>

/* An image without an interrupt controller would only wait. */
static void require_irqchip(const struct ukd_tree *tree)
{
	if (uk_irq_limit())
		return;
	if (!tree->irqchip)
		uk_halt("the device tree has no interrupt controller");
	if (tree->irqchip_compatible &&
	    !ukd_has_driver(tree->irqchip_compatible))
		ukd_err(NULL, "%s: no linked driver for %s", tree->irqchip,
			tree->irqchip_compatible);
	uk_halt("no interrupt controller");
}

/* Of what is built in only the console is used, and the way to power off. */
static _Noreturn void refuse_board(void)
{
	ukd_probe_classes(UKD_CLASS_POWER, UKD_CLASS_POWER);
	ukd_probe_classes(UKD_CLASS_CONSOLE, UKD_CLASS_CONSOLE);
	uk_halt("made for another device tree");
}

void uk_boot(const void *blob, size_t limit)
{
	struct ukd_tree tree;
	int rc;

	rc = ukd_find(blob, limit, &tree);
	if (rc == -ENODEV)
		refuse_board();
	if (rc)
		uk_halt("malformed device tree");
	printf("ukdrivers base on %s\n", tree.model);
	uk_ram_set_up(&tree, blob);
	ukd_probe();
	require_irqchip(&tree);

	uk_irqs_on();
	rc = main();
	if (rc)
		uk_halt("main returned %d", rc);
	uk_power_off();
}
