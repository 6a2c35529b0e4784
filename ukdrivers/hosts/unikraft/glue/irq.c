/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts for drivers of the kit, through the generic layer: with the tree's
 * own controller as well as with one of the kit.
 */

#include <ukd/errno.h>
#include <ukd/irq.h>

#include <uk/intctlr.h>
#include <uk/intctlr/gic.h>
#include <uk/intctlr/limits.h>

#define ATTACHED_MAX	32

static struct attached {
	void (*handler)(void *arg);	/* NULL: free */
	void *arg;
	uint32_t number;
} attached[ATTACHED_MAX];

/* The controller, of which the trap path knows; NULL before there is one. */
extern struct _gic_dev *gic;

/* 0, which is "not mine", so that others on the line are asked too. */
static int serve(void *self)
{
	const struct attached *one = self;

	one->handler(one->arg);
	return 0;
}

/* Who took a number, or NULL. */
static struct attached *taker(uint32_t number)
{
	unsigned int i;

	for (i = 0; i < ATTACHED_MAX; i++) {
		if (attached[i].handler && attached[i].number == number)
			return &attached[i];
	}
	return NULL;
}

static struct attached *free_place(void)
{
	unsigned int i;

	for (i = 0; i < ATTACHED_MAX; i++) {
		if (!attached[i].handler)
			return &attached[i];
	}
	return NULL;
}

int ukd_irq_attach(const struct ukd_irq *irq, void (*handler)(void *arg),
		   void *arg)
{
	struct uk_intctlr_irq own = {
		.id = irq->number,
		.trigger = irq->trigger == UKD_IRQ_EDGE
			   ? UK_INTCTLR_IRQ_TRIGGER_EDGE
			   : UK_INTCTLR_IRQ_TRIGGER_LEVEL,
	};
	struct attached *one;
	int rc;

	if (!gic)
		return -ENODEV;
	if (irq->number >= UK_INTCTLR_MAX_IRQ)
		return -ERANGE;
	one = free_place();
	if (!one || taker(irq->number))
		return -EBUSY;

	rc = uk_intctlr_irq_configure(&own);
	if (rc)
		return rc;
	*one = (struct attached){ handler, arg, irq->number };
	rc = uk_intctlr_irq_register(irq->number, serve, one);
	if (rc)
		one->handler = NULL;
	return rc;
}

int ukd_irq_detach(const struct ukd_irq *irq)
{
	struct attached *one = taker(irq->number);
	int rc;

	if (!one)
		return -EINVAL;
	gic->ops.disable_irq(irq->number);
	rc = uk_intctlr_irq_unregister(irq->number, serve);
	if (!rc)
		one->handler = NULL;
	return rc;
}
