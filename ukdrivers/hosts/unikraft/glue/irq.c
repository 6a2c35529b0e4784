/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts for drivers of the kit, through the generic layer: with the tree's
 * own controller as well as with one of the kit.
 *
 * A line is one handler of the generic layer, however many devices of the kit
 * share it. It says whether one of them claimed the interrupt, so that a
 * handler of the tree's on the same line is asked when none did.
 *
 * Leaves out: saying that nobody claimed an interrupt, as the generic layer
 *             doesn't tell.
 */

#include <ukd/errno.h>
#include <ukd/irq.h>

#include <uk/intctlr.h>
#include <uk/intctlr/gic.h>
#include <uk/intctlr/limits.h>

#define ATTACHED_MAX	32

struct attached {
	ukd_irq_handler *handler;	/* NULL: free */
	void *arg;
	struct attached *next;		/* on the same line */
};

/* Of a free line, `first` is NULL. */
struct line {
	struct attached *first;
	uint32_t number;
	enum ukd_irq_trigger trigger;
};

static struct attached attached[ATTACHED_MAX];
static struct line lines[ATTACHED_MAX];	/* at worst nobody shares */

/* The controller, of which the trap path knows; NULL before there is one. */
extern struct _gic_dev *gic;

/* For the generic layer: 1 is "handled", and nobody else is asked. */
static int serve(void *self)
{
	const struct line *line = self;
	struct attached *one = line->first, *next;
	bool is_claimed = false;

	for (; one; one = next) {
		next = one->next;	/* now: it may let go of the line */
		is_claimed |= one->handler(one->arg);
	}
	return is_claimed;
}

/* The line of a number, else a free one; NULL: there is none. */
static struct line *line_of(uint32_t number)
{
	struct line *found = NULL;
	unsigned int i;

	for (i = 0; i < ATTACHED_MAX; i++) {
		if (lines[i].first && lines[i].number == number)
			return &lines[i];
		if (!lines[i].first)
			found = &lines[i];
	}
	return found;
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

/* Take a line that nobody of the kit is on. */
static int start(struct line *line, const struct ukd_irq *irq,
		 struct attached *one)
{
	struct uk_intctlr_irq own = {
		.id = irq->number,
		.trigger = irq->trigger == UKD_IRQ_EDGE
			   ? UK_INTCTLR_IRQ_TRIGGER_EDGE
			   : UK_INTCTLR_IRQ_TRIGGER_LEVEL,
	};
	int rc = uk_intctlr_irq_configure(&own);

	if (rc)
		return rc;
	*line = (struct line){ one, irq->number, irq->trigger };
	rc = uk_intctlr_irq_register(irq->number, serve, line);
	if (rc)
		line->first = NULL;
	return rc;
}

int ukd_irq_attach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	const struct ukd_irq *irq = &dev->irq[index];
	struct attached *one = free_place();
	struct line *line;
	int rc = 0;

	if (!gic)
		return -ENODEV;
	if (index >= dev->irq_count || irq->number >= UK_INTCTLR_MAX_IRQ)
		return -ERANGE;
	line = line_of(irq->number);
	if (!one || !line)
		return -ENOMEM;
	if (line->first && line->trigger != irq->trigger)
		return -EBUSY;

	*one = (struct attached){ handler, arg, line->first };
	if (line->first)
		/* after all of it is written: the line is in use */
		__atomic_store_n(&line->first, one, __ATOMIC_RELEASE);
	else
		rc = start(line, irq, one);
	if (rc)
		one->handler = NULL;
	return rc;
}

/* Let go of a line, masked first: a level that stays would leave no time. */
static int stop(struct line *line)
{
	gic->ops.disable_irq(line->number);
	line->first = NULL;
	return uk_intctlr_irq_unregister(line->number, serve);
}

int ukd_irq_detach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	struct line *line = NULL;
	struct attached **at, *one;
	int rc = 0;

	if (index < dev->irq_count)
		line = line_of(dev->irq[index].number);
	if (!line)
		return -EINVAL;

	for (at = &line->first; (one = *at) != NULL; at = &one->next) {
		if (one->handler == handler && one->arg == arg)
			break;
	}
	if (!one)
		return -EINVAL;

	if (line->first == one && !one->next)
		rc = stop(line);
	else
		*at = one->next;
	one->handler = NULL;
	return rc;
}
