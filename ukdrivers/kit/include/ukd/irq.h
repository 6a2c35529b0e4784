/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts, for the drivers that receive them. */
#ifndef UKD_IRQ_H
#define UKD_IRQ_H

#include <ukd/driver.h>

#include <stdbool.h>

/**
 * Serve a device's interrupt; runs in interrupt context, with interrupts off.
 *
 * The interrupt isn't taken again while it is served. On a shared line every
 * handler is called.
 *
 * @return whether the device had raised it
 */
typedef bool ukd_irq_handler(void *arg);

/**
 * Take an interrupt: set its trigger, register the handler, unmask.
 *
 * Devices may share a line, as long as they want the same trigger.
 *
 * @param dev whose interrupt it is; named when nobody claims the line
 * @param index into `dev->irq`
 * @param handler
 * @param arg given to the handler
 *
 * @return 0, -ERANGE when the device has no such interrupt or the controller
 *         no such number, -EBUSY when the line is taken with another trigger,
 *         -ENOMEM, -ENODEV without a controller
 */
int ukd_irq_attach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg);

/**
 * Forget what was attached; masks the line when nobody is left on it.
 *
 * @return 0, or -EINVAL when it isn't attached
 */
int ukd_irq_detach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg);

#endif /* UKD_IRQ_H */
