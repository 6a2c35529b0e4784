/* SPDX-License-Identifier: BSD-3-Clause */
/* From an interrupt's number to the handlers, and what nobody claims. */

#include "takers.h"

#include <ukd/irqchip.h>
#include <ukd/log.h>

#include <stdio.h>
#include <uk/plat/irq.h>

/*
 * A device's write may arrive after the interrupt has ended, so a level can
 * come once more and find nothing to do; this often in a row it is nobody's.
 */
#define UNCLAIMED_MAX	100U

/* Room for the names of those that share a line. */
#define NAMES_SIZE	160

static bool claim(void *arg)
{
	(void)arg;
	return true;
}

struct uk_taker *uk_takers[CONFIG_LIBUKDHOST_IRQ_LIMIT];
struct uk_taker uk_taker_refused = { .handler = claim };

bool uk_call_each_taker(void *arg)
{
	struct uk_taker *shared = arg, *taker, *next;
	bool is_claimed = false;

	for (taker = shared->next; taker; taker = next) {
		next = taker->next;	/* now: the handler may detach itself */
		is_claimed |= taker->handler(taker->arg);
	}
	return is_claimed;
}

/* What nobody claims is apart, so that the way to a handler is short. */

static void refuse(uint32_t number)
{
	ukd_err(NULL, "interrupt %u: no driver takes it; masked", number);
	if (number < CONFIG_LIBUKDHOST_IRQ_LIMIT)
		uk_takers[number] = &uk_taker_refused;	/* said once */
	(void)uk_irq_mask(number);
}

/* "edu /pcie@10000000/00:01.0, pl011 /pl011@9000000 and ..." */
static void name_takers(const struct uk_taker *taker, char *text, size_t size)
{
	const char *before = "";
	size_t length = 0;

	for (; taker && length < size; taker = taker->next) {
		const struct ukd_device *dev = taker->dev;

		length += (size_t)snprintf(text + length, size - length,
					   "%s%s%s%s", before,
					   dev->driver ? dev->driver : "",
					   dev->driver ? " " : "", dev->path);
		before = taker->next && taker->next->next ? ", " : " and ";
	}
}

static void count_unclaimed(struct uk_taker *taker, uint32_t number)
{
	char names[NAMES_SIZE];

	if (++taker->unclaimed < UNCLAIMED_MAX)
		return;

	taker->unclaimed = 0;
	(void)uk_irq_mask(number);
	if (uk_is_shared(taker)) {
		name_takers(taker->next, names, sizeof(names));
		ukd_err(NULL, "interrupt %u: none of %s claims it; masked",
			number, names);
	} else {
		name_takers(taker, names, sizeof(names));
		ukd_err(NULL, "interrupt %u: %s doesn't claim it; masked",
			number, names);
	}
}

__attribute__((noinline, cold))
static void not_claimed(uint32_t number)
{
	struct uk_taker *taker = number < CONFIG_LIBUKDHOST_IRQ_LIMIT
		? uk_takers[number] : NULL;

	if (taker)
		count_unclaimed(taker, number);
	else
		refuse(number);
}

void ukd_irq_dispatch(void *context, uint32_t number)
{
	struct uk_taker *taker = number < CONFIG_LIBUKDHOST_IRQ_LIMIT
		? uk_takers[number] : NULL;

	(void)context;	/* no handler here is told what it interrupts */

	if (taker && taker->handler(taker->arg))
		taker->unclaimed = 0;
	else
		not_claimed(number);
}
