/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: the bound controller, and who takes which number.
 *
 * On one CPU, interrupts off is all the lock there is: the controller's
 * operations run with it, since some read, change and write one register.
 */

#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>

#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/config.h>
#include <uk/plat/irq.h>
#include <uk/plat/power.h>

static struct {
	void (*function)(void *arg);
	void *arg;
} handlers[CONFIG_LIBUKDHOST_IRQ_LIMIT];

static const struct ukd_irqchip_ops *chip;
static void *chip_self;
static uint32_t chip_limit;	/* numbers below it can be attached */

static void without_chip(void *self)
{
	(void)self;
	uk_halt("interrupt without an interrupt controller");
}

/* What the vector calls, and with what; laid out for its one load. */
struct entry {
	void (*handle)(void *self);
	void *self;
};

extern struct entry uk_irq_entry;
struct entry uk_irq_entry = { .handle = without_chip };

_Static_assert(offsetof(struct entry, self) == 8, "vectors.S loads a pair");

/* Stands in for a handler where a number came up that nobody took. */
static void ignore(void *arg)
{
	(void)arg;
}

/* Apart, so that the way to a handler needs no frame. */
__attribute__((noinline, cold))
static void refuse(uint32_t number)
{
	ukd_err(NULL, "interrupt %u: no driver takes it; masked", number);
	if (number < chip_limit)
		handlers[number].function = ignore;	/* said once */
	(void)chip->mask(chip_self, number);
}

void ukd_irq_dispatch(uint32_t number)
{
	if (number >= chip_limit || !handlers[number].function) {
		refuse(number);
		return;
	}
	handlers[number].function(handlers[number].arg);
}

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

/* Trigger, handler, unmask; interrupts are off. */
static int attach(const struct ukd_irq *irq, void (*handler)(void *arg),
		  void *arg)
{
	int rc;

	if (irq->number >= chip_limit)
		return -ERANGE;
	if (handlers[irq->number].function &&
	    handlers[irq->number].function != ignore)
		return -EBUSY;

	rc = chip->set_trigger(chip_self, irq->number, irq->trigger);
	if (rc)
		return rc;

	handlers[irq->number].arg = arg;
	handlers[irq->number].function = handler;
	rc = chip->unmask(chip_self, irq->number);
	if (rc)
		handlers[irq->number].function = NULL;
	return rc;
}

/* Call an operation of the controller with interrupts off. */
#define WITH_CHIP(rc, call) do {		\
	uint64_t before = uk_irqs_save();	\
						\
	(rc) = chip ? (call) : -ENODEV;		\
	uk_irqs_restore(before);		\
} while (0)

int ukd_irq_attach(const struct ukd_irq *irq, void (*handler)(void *arg),
		   void *arg)
{
	int rc;

	WITH_CHIP(rc, attach(irq, handler, arg));
	return rc;
}

int ukd_irq_detach(const struct ukd_irq *irq)
{
	int rc = uk_irq_mask(irq->number);

	if (!rc && irq->number < chip_limit)
		handlers[irq->number].function = NULL;
	return rc;
}

/* The controller as it is */

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
