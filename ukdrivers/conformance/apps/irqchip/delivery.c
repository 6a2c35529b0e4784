/* SPDX-License-Identifier: BSD-3-Clause */
/* Who gets an interrupt, and when; what is no interrupt, or nobody's. */

#include "irq_test.h"

#include <stddef.h>
#include <uk/arch/irq.h>
#include <uk/plat/irq.h>
#include <ukd/errno.h>

static const struct ukd_device
	spi_as_level = DEVICE("spi", 100, LEVEL),
	neighbour = DEVICE("neighbour", 100, EDGE),	/* on one line with spi */
	nobodys = DEVICE("nobodys", 102, EDGE),
	unclaimed = DEVICE("unclaimed", 103, EDGE),
	beyond = DEVICE("beyond", 1020, EDGE),
	far_beyond = DEVICE("far-beyond", UINT32_MAX, EDGE);

/* What the vector calls; see vectors.S. */
extern const struct {
	void (*handle)(void *context, void *self);
	void *self;
} uk_irq_entry;

/* Tests: who gets it, and when */

void masked_waits_until_unmasked(void)
{
	check_begin("mask");
	CHECK(!test_take(&test_spi, test_note));
	CHECK(!uk_irq_mask(100));
	test_make_pending(&test_spi);
	CHECK(test_came(0));
	CHECK(!uk_irq_unmask(100));
	CHECK(test_came(1) && test_order[0] == &test_spi);
	CHECK(!test_leave(&test_spi, test_note));
}

void private_masked_waits_until_unmasked(void)
{
	check_begin("mask-private");
	CHECK(!test_take(&test_timer, test_timer_off));
	CHECK(!uk_irq_mask(30));
	test_expire();
	CHECK(test_came(0));
	CHECK(!uk_irq_unmask(30));
	CHECK(test_came(1) && test_order[0] == &test_timer);
	CHECK(!test_leave(&test_timer, test_timer_off));
}

void detached_does_not_come(void)
{
	check_begin("detach");
	CHECK(!test_take(&test_spi, test_note));
	CHECK(!test_leave(&test_spi, test_note));
	CHECK(test_leave(&test_spi, test_note) == -EINVAL);
	test_make_pending(&test_spi);
	CHECK(test_came(0));
	test_forget_pending(&test_spi);
}

void more_urgent_comes_first(void)
{
	check_begin("priority");
	CHECK(!test_take(&test_spi, test_note));
	CHECK(!test_take(&test_other, test_note));

	CHECK(!uk_irq_set_priority(100, 0x80));
	CHECK(!uk_irq_set_priority(101, 0x40));
	uk_irqs_off();
	test_make_pending(&test_spi);
	test_make_pending(&test_other);
	uk_irqs_on();
	CHECK(test_came(2));
	CHECK(test_order[0] == &test_other && test_order[1] == &test_spi);

	test_count = 0;
	CHECK(!uk_irq_set_priority(100, 0x20));
	uk_irqs_off();
	test_make_pending(&test_other);
	test_make_pending(&test_spi);
	uk_irqs_on();
	CHECK(test_came(2));
	CHECK(test_order[0] == &test_spi && test_order[1] == &test_other);

	test_count = 0;
	CHECK(!test_take(&test_sgi, test_note));
	CHECK(!uk_irq_set_priority(5, 0x10));
	uk_irqs_off();
	test_make_pending(&test_spi);
	CHECK(!uk_irq_raise(5));
	uk_irqs_on();
	CHECK(test_came(2));
	CHECK(test_order[0] == &test_sgi && test_order[1] == &test_spi);

	CHECK(!test_leave(&test_sgi, test_note));
	CHECK(!test_leave(&test_spi, test_note));
	CHECK(!test_leave(&test_other, test_note));
}

void a_shared_line_calls_all(void)
{
	check_begin("shared");
	CHECK(!test_take(&test_spi, test_note));
	CHECK(test_take(&spi_as_level, test_note) == -EBUSY);
	CHECK(!test_take(&neighbour, test_note));
	test_make_pending(&test_spi);
	CHECK(test_came(2) && test_order[0] != test_order[1]);
	CHECK(!test_leave(&test_spi, test_note));
	test_count = 0;
	test_make_pending(&test_spi);
	CHECK(test_came(1) && test_order[0] == &neighbour);
	CHECK(!test_leave(&neighbour, test_note));
	test_make_pending(&test_spi);
	CHECK(test_came(1));
	test_forget_pending(&test_spi);
}

/* Tests: what is no interrupt, or nobody's */

static bool handle_again(void *arg)
{
	uk_irq_entry.handle(NULL, uk_irq_entry.self);
	return test_note(arg);
}

/* Pending no more when the controller is asked: it answers with 1023. */
void what_went_away_is_ignored(void)
{
	check_begin("spurious");
	CHECK(!test_take(&test_spi, handle_again));
	uk_irqs_off();
	test_make_pending(&test_spi);
	test_forget_pending(&test_spi);
	uk_irq_entry.handle(NULL, uk_irq_entry.self);
	uk_irqs_on();
	CHECK(test_came(0));
	test_make_pending(&test_spi);
	CHECK(test_came(1));
	test_make_pending(&test_spi);	/* the one inside ended nothing */
	CHECK(test_came(2));
	CHECK(!test_leave(&test_spi, handle_again));
}

void numbers_out_of_range_are_refused(void)
{
	const uint32_t limit = uk_irq_limit();

	check_begin("range");
	CHECK(limit > 103 && limit <= 1020);
	CHECK(uk_irq_mask(limit) == -ERANGE);
	CHECK(uk_irq_unmask(limit) == -ERANGE);
	CHECK(uk_irq_unmask(1020) == -ERANGE);
	CHECK(uk_irq_unmask(UINT32_MAX) == -ERANGE);
	CHECK(uk_irq_set_trigger(limit, UKD_IRQ_EDGE) == -ERANGE);
	CHECK(uk_irq_set_priority(limit, 0) == -ERANGE);
	CHECK(uk_irq_raise(16) == -ERANGE);
	CHECK(test_take(&beyond, test_note) == -ERANGE);
	CHECK(test_take(&far_beyond, test_note) == -ERANGE);
	CHECK(ukd_irq_attach(&test_spi, 1, test_note, NULL) == -ERANGE);
	CHECK(test_leave(&beyond, test_note) == -EINVAL);
}

/* The host says so, once, and masks it. */
void nobodys_is_named_and_masked(void)
{
	check_begin("nobody");
	CHECK(!uk_irq_unmask(102));
	test_make_pending(&nobodys);
	test_wait();
	test_make_pending(&nobodys);
	CHECK(!test_take(&test_spi, test_note));
	test_make_pending(&test_spi);
	CHECK(test_came(1) && !test_leave(&test_spi, test_note));
	test_forget_pending(&nobodys);
	CHECK(!test_take(&nobodys, test_note));
	test_make_pending(&nobodys);
	CHECK(test_came(1));
	CHECK(!test_leave(&nobodys, test_note));
}

static bool refuse(void *arg)
{
	return !test_note(arg);
}

void unclaimed_is_named_and_masked(void)
{
	unsigned int i;

	check_begin("unclaimed");
	CHECK(!test_take(&unclaimed, refuse));
	for (i = 0; i < 200; i++)
		test_make_pending(&unclaimed);
	CHECK(test_came(100));
	test_forget_pending(&unclaimed);
	CHECK(!test_leave(&unclaimed, refuse));
}
