/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No interrupt controller of the kit: the tree's own GIC drives the machine.
 *
 * It reads interrupts of nodes, not specifiers, and those of devices on a bus
 * stand in no node: so they are translated here. What it can't serve, the
 * generic layer refuses.
 *
 * Source: binding interrupt-controller/arm,gic.yaml.
 */

#include "glue.h"

#include <ukd/bits.h>
#include <ukd/errno.h>
#include <ukd/irqchip.h>

/* Of the first cell, and the numbers that go with it. */
#define TYPE_SPI		0U
#define SPI_FIRST		32U
#define SPI_COUNT		988U
#define TYPE_PPI		1U
#define PPI_FIRST		16U
#define PPI_COUNT		16U

/* A GICv3 has a fourth cell, which says for which CPUs a PPI is. */
#define CELLS_MIN		3U
#define CELLS_MAX		4U

/* Of the third cell: one of four; the lower two are edges. */
#define FLAGS			UKD_MASK(3, 0)
#define FLAGS_EDGE		UKD_MASK(1, 0)

void ukd_host_adopt_irqchip(void)
{
	if (ukd_host_tree()->irqchip)
		(void)ukd_adopt_irqchip();
}

int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq)
{
	uint32_t type, number, flags;

	if (count < CELLS_MIN || count > CELLS_MAX)
		return -EINVAL;
	type = ukd_be32(cell[0]);
	number = ukd_be32(cell[1]);
	flags = ukd_be32(cell[2]) & FLAGS;
	if (type > TYPE_PPI || !flags || flags & (flags - 1))
		return -EINVAL;
	if (number >= (type == TYPE_PPI ? PPI_COUNT : SPI_COUNT))
		return -ERANGE;

	irq->number = number + (type == TYPE_PPI ? PPI_FIRST : SPI_FIRST);
	irq->trigger = flags & FLAGS_EDGE ? UKD_IRQ_EDGE : UKD_IRQ_LEVEL;
	return 0;
}
