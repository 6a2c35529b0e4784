/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An interrupt controller that no driver of the kit drives, but the host.
 *
 * Source: Devicetree Specification v0.4, 2.4.1 (interrupt-parent).
 */

#include "interrupts.h"

bool ukd_adopt_irqchip(void)
{
	struct ukd_walk walk = ukd_walk();
	const uint32_t *root = ukd_next_node(&walk);
	struct ukd_domain domain;
	struct ukd_way way = { 0 };

	if (ukd_core.irqchip.cells || !root)
		return false;
	way.to.phandle = ukd_node_cell(root, "interrupt-parent", 0);
	if (!ukd_read_domain(&way, &domain))
		return false;
	ukd_core.irqchip = domain;
	return true;
}
