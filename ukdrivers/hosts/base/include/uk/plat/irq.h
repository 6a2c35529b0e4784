/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bound interrupt controller, for applications and tests; a driver uses
 * <ukd/irq.h>. Each function returns 0, -ERANGE for a number that the
 * controller doesn't have, or -ENODEV without a controller.
 */
#ifndef UK_PLAT_IRQ_H
#define UK_PLAT_IRQ_H

#include <stdint.h>
#include <ukd/driver.h>

int uk_irq_mask(uint32_t number);
int uk_irq_unmask(uint32_t number);
int uk_irq_set_trigger(uint32_t number, enum ukd_irq_trigger trigger);
/** 0 is the most urgent. */
int uk_irq_set_priority(uint32_t number, uint8_t priority);
/** Raise a software interrupt on this CPU. */
int uk_irq_raise(uint32_t number);

/** How many numbers the controller has; 0 without a controller. */
uint32_t uk_irq_limit(void);

#endif /* UK_PLAT_IRQ_H */
