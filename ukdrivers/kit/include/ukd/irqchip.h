/* SPDX-License-Identifier: BSD-3-Clause */
/* Class irqchip: what an interrupt controller does for the host. */
#ifndef UKD_IRQCHIP_H
#define UKD_IRQCHIP_H

#include <ukd/driver.h>

/*
 * Every operation that takes a number refuses one the controller doesn't have
 * with -ERANGE.
 */
struct ukd_irqchip_ops {
	/**
	 * Read one interrupt specifier.
	 *
	 * @param cell the specifier's cells, big-endian as in the tree
	 * @param count how many there are
	 * @param irq set when 0 is returned
	 *
	 * @return 0, -EINVAL for a specifier that breaks the binding, -ERANGE
	 */
	int (*translate)(void *self, const uint32_t *cell, unsigned int count,
			 struct ukd_irq *irq);
	int (*set_trigger)(void *self, uint32_t number,
			   enum ukd_irq_trigger trigger);
	/** 0 is the most urgent; the controller may keep only the upper bits. */
	int (*set_priority)(void *self, uint32_t number, uint8_t priority);
	int (*mask)(void *self, uint32_t number);
	int (*unmask)(void *self, uint32_t number);
	/** Raise software interrupt `number` on the calling CPU. */
	int (*raise)(void *self, uint32_t number);
	/**
	 * Serve what is pending: acknowledge, ukd_irq_dispatch(), end.
	 * Called from the interrupt vector with interrupts off.
	 *
	 * @param context of the host, goes to ukd_irq_dispatch()
	 */
	void (*handle)(void *context, void *self);
};

/**
 * Hand a started interrupt controller to the host, all interrupts masked.
 *
 * @param self goes to every operation. NULL from a driver of one controller,
 *             with its state in a static object: a host's vector may then call
 *             `handle` without a detour, with any `self`
 * @param limit numbers from 0 to limit - 1 exist
 *
 * @return 0, or -EBUSY when the image has one already
 */
int ukd_irqchip_add(const struct ukd_device *dev,
		    const struct ukd_irqchip_ops *ops, void *self,
		    uint32_t limit);

/** Run the handler of an interrupt; called by `handle` with its context. */
void ukd_irq_dispatch(void *context, uint32_t number);

/**
 * Have the image's interrupt controller read one specifier, for the driver core.
 *
 * @return 0, what its `translate` returned, or -ENODEV without a controller
 */
int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq);

#endif /* UKD_IRQCHIP_H */
