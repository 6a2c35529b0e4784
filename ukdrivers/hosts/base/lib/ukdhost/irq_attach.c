/* SPDX-License-Identifier: BSD-3-Clause */
/* Handlers of interrupts come and go. */

#include "takers.h"

#include <ukd/errno.h>

#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/plat/irq.h>

#define TAKERS_MAX	CONFIG_LIBUKDHOST_IRQ_HANDLERS

static struct uk_taker takers[TAKERS_MAX];

/* Of a taker that is free; its line may be served right now. */
static bool claim_nothing(void *arg)
{
	(void)arg;
	return false;
}

static struct uk_taker *new_taker(ukd_irq_handler *handler, void *arg)
{
	struct uk_taker *taker;

	for (taker = takers; taker != takers + TAKERS_MAX; taker++) {
		if (taker->handler && taker->handler != claim_nothing)
			continue;
		*taker = (struct uk_taker){ .handler = handler, .arg = arg };
		return taker;
	}
	return NULL;
}

/* Where it leads to stays, for whoever is on the way. */
static void free_taker(struct uk_taker *taker)
{
	taker->handler = claim_nothing;
	taker->dev = NULL;
}

static const struct ukd_irq *irq_of(const struct uk_taker *taker)
{
	return &taker->dev->irq[taker->index];
}

/* Have a line with one taker lead to one that calls it, and others. */
static int share(struct uk_taker **line)
{
	struct uk_taker *shared = new_taker(uk_call_each_taker, NULL);

	if (!shared)
		return -ENOMEM;
	shared->arg = shared;
	shared->next = *line;
	*line = shared;
	return 0;
}

/* Put a taker on a line that has others, as the last. */
static int join(struct uk_taker **line, struct uk_taker *taker)
{
	struct uk_taker *last = uk_is_shared(*line) ? (*line)->next : *line;

	if (irq_of(last)->trigger != irq_of(taker)->trigger)
		return -EBUSY;
	if (!uk_is_shared(*line)) {
		int rc = share(line);

		if (rc)
			return rc;
	}
	while (last->next)
		last = last->next;
	last->next = taker;
	(*line)->unclaimed = 0;
	return 0;
}

/* Take a taker off its line; it is on it. */
static void leave(struct uk_taker **line, struct uk_taker *taker)
{
	struct uk_taker **link, *shared = *line;

	free_taker(taker);
	if (!uk_is_shared(shared)) {
		*line = NULL;
		return;
	}
	for (link = &shared->next; *link != taker; link = &(*link)->next)
		;
	*link = taker->next;
	if (!shared->next->next) {	/* one is left */
		*line = shared->next;
		free_taker(shared);
	}
}

/* Trigger, taker, unmask. */
static int attach(struct uk_taker *taker)
{
	const struct ukd_irq *irq = irq_of(taker);
	struct uk_taker **line = &uk_takers[irq->number];
	int rc;

	if (*line && *line != &uk_taker_refused) {
		rc = join(line, taker);
	} else {
		rc = uk_irq_set_trigger(irq->number, irq->trigger);
		if (!rc)
			*line = taker;
	}
	if (rc) {
		free_taker(taker);
		return rc;
	}
	rc = uk_irq_unmask(irq->number);
	if (rc)
		leave(line, taker);
	return rc;
}

int ukd_irq_attach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	struct uk_taker *taker;
	uint64_t before;
	int rc = -ENOMEM;

	if (!uk_irq_limit())
		return -ENODEV;
	if (index >= dev->irq_count || dev->irq[index].number >= uk_irq_limit())
		return -ERANGE;

	before = uk_irqs_save();
	taker = new_taker(handler, arg);
	if (taker) {
		taker->dev = dev;
		taker->index = index;
		rc = attach(taker);
	}
	uk_irqs_restore(before);
	return rc;
}

/* The taker that was attached so, or NULL. */
static struct uk_taker *taker_of(const struct ukd_device *dev,
				 unsigned int index, ukd_irq_handler *handler,
				 const void *arg)
{
	struct uk_taker *taker;

	for (taker = takers; taker != takers + TAKERS_MAX; taker++) {
		if (taker->handler == handler && taker->arg == arg &&
		    taker->dev == dev && taker->index == index)
			return taker;
	}
	return NULL;
}

int ukd_irq_detach(const struct ukd_device *dev, unsigned int index,
		   ukd_irq_handler *handler, void *arg)
{
	uint64_t before = uk_irqs_save();
	struct uk_taker *taker = taker_of(dev, index, handler, arg);

	if (taker) {
		uint32_t number = irq_of(taker)->number;

		leave(&uk_takers[number], taker);
		if (!uk_takers[number])
			(void)uk_irq_mask(number);
	}
	uk_irqs_restore(before);
	return taker ? 0 : -EINVAL;
}
