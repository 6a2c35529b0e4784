/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts, for the drivers that receive them. */
#ifndef UKD_IRQ_H
#define UKD_IRQ_H

#include <ukd/driver.h>

/**
 * Take an interrupt: set its trigger, register the handler, unmask.
 *
 * @param irq from the device
 * @param handler runs in interrupt context, with interrupts off
 * @param arg given to the handler
 *
 * @return 0, -EBUSY when it is taken, -ERANGE, -ENODEV without a controller
 */
int ukd_irq_attach(const struct ukd_irq *irq, void (*handler)(void *arg),
		   void *arg);

/** Mask an interrupt and forget its handler. */
int ukd_irq_detach(const struct ukd_irq *irq);

#endif /* UKD_IRQ_H */
