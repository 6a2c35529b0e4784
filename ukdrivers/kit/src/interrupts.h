/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How an interrupt is followed to the bound controller.
 *
 * Source: Devicetree Specification v0.4, 2.4.
 */
#ifndef UKD_INTERRUPTS_H
#define UKD_INTERRUPTS_H

#include "internal.h"

/* An interrupt on its way to the bound controller. */
struct ukd_way {
	struct ukd_parent to;
	const uint32_t *unit;		/* address of where it comes from */
	uint32_t unit_cells;		/* those that are missing are 0 */
	const uint32_t *specifier;	/* as `to` reads it */
	const char *fault;		/* when it ended: why, after its parent */
};

/** Read what way->to is. @return false with way->fault set when it is nothing */
bool ukd_read_domain(struct ukd_way *way, struct ukd_domain *domain);

/**
 * Follow an interrupt to the bound controller.
 *
 * @param domain what way->to is
 *
 * @return 0; -ENODEV when a map has no entry, -EINVAL, both with way->fault
 *         set; or what the controller's translate returned, without
 */
int ukd_follow(struct ukd_way *way, struct ukd_domain domain,
	       struct ukd_irq *irq);

#endif /* UKD_INTERRUPTS_H */
