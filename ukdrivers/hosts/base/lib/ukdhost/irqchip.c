/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bound interrupt controller.
 *
 * On one CPU, interrupts off is all the lock there is: the controller's
 * operations run with it, since some read, change and write one register.
 */

#include <ukd/errno.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/config.h>
#include <uk/plat/irq.h>
#include <uk/plat/power.h>

static const struct ukd_irqchip_ops *chip;
static void *chip_self;
static uint32_t chip_limit;	/* numbers below it can be attached */

static void without_chip(void *context, void *self)
{
	(void)context;
	(void)self;
	uk_halt("interrupt without an interrupt controller");
}

/* What the vector calls, and with what; laid out for its one load. */
struct entry {
	void (*handle)(void *context, void *self);
	void *self;
};

extern struct entry uk_irq_entry;
struct entry uk_irq_entry = { .handle = without_chip };

_Static_assert(offsetof(struct entry, self) == 8, "vectors.S loads a pair");

/* Of the kit */

int ukd_irqchip_add(const struct ukd_device *dev,
		    const struct ukd_irqchip_ops *ops, void *self,
		    uint32_t limit)
{
	if (chip)
		return -EBUSY;
	if (limit > CONFIG_LIBUKDHOST_IRQ_LIMIT) {
		ukd_warn(dev, "interrupts %u to %u can't be attached",
			 CONFIG_LIBUKDHOST_IRQ_LIMIT, limit - 1);
		limit = CONFIG_LIBUKDHOST_IRQ_LIMIT;
	}
	chip = ops;
	chip_self = self;
	chip_limit = limit;
	uk_irq_entry = (struct entry){ .handle = ops->handle, .self = self };
	return 0;
}

int ukd_irq_translate(const uint32_t *cell, unsigned int count,
		      struct ukd_irq *irq)
{
	return chip ? chip->translate(chip_self, cell, count, irq) : -ENODEV;
}

/* Of the host: the controller as it is */

/* Call an operation of the controller with interrupts off. */
#define WITH_CHIP(rc, call) do {		\
	uint64_t before = uk_irqs_save();	\
						\
	(rc) = chip ? (call) : -ENODEV;		\
	uk_irqs_restore(before);		\
} while (0)

int uk_irq_mask(uint32_t number)
{
	int rc;

	WITH_CHIP(rc, chip->mask(chip_self, number));
	return rc;
}

int uk_irq_unmask(uint32_t number)
{
	int rc;

	WITH_CHIP(rc, chip->unmask(chip_self, number));
	return rc;
}

int uk_irq_set_trigger(uint32_t number, enum ukd_irq_trigger trigger)
{
	int rc;

	WITH_CHIP(rc, chip->set_trigger(chip_self, number, trigger));
	return rc;
}

int uk_irq_set_priority(uint32_t number, uint8_t priority)
{
	int rc;

	WITH_CHIP(rc, chip->set_priority(chip_self, number, priority));
	return rc;
}

int uk_irq_raise(uint32_t number)
{
	int rc;

	WITH_CHIP(rc, chip->raise(chip_self, number));
	return rc;
}

uint32_t uk_irq_limit(void)
{
	return chip_limit;
}
