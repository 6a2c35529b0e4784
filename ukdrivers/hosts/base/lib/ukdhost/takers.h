/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who takes which interrupt.
 *
 * A line with one taker leads straight to it: that is the common case, and the
 * way to its handler is short. A line with several leads to a taker that calls
 * them all. Interrupts are off wherever takers are looked at or changed.
 */
#ifndef UKDHOST_TAKERS_H
#define UKDHOST_TAKERS_H

#include <ukd/irq.h>

#include <uk/config.h>

struct uk_taker {
	ukd_irq_handler *handler;
	void *arg;
	const struct ukd_device *dev;
	struct uk_taker *next;	/* on the same line; NULL: the last */
	unsigned int index;	/* into dev->irq */
	unsigned int unclaimed;	/* in a row; of the taker that a line leads to */
};

/* By an interrupt's number; NULL: nobody takes it. */
extern struct uk_taker *uk_takers[CONFIG_LIBUKDHOST_IRQ_LIMIT];

/* Where a line leads once it was said that nobody takes it. */
extern struct uk_taker uk_taker_refused;

/** The handler of a line that is shared; `arg` is the taker it leads to. */
ukd_irq_handler uk_call_each_taker;

static inline bool uk_is_shared(const struct uk_taker *taker)
{
	return taker->handler == uk_call_each_taker;
}

#endif /* UKDHOST_TAKERS_H */
