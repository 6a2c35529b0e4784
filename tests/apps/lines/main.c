/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupt lines that are shared, claimed by nobody, or taken by nobody.
 * Prints "ok NAME" or "FAIL NAME: expression" a check, what the host says of
 * unclaimed lines, and at the end "lines: N checks, M failed".
 *
 * Interrupts without a device are made pending in the distributor of QEMU's
 * virt machine; GICD_ISPENDR is at the same place in a GICv2 and a GICv3.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/config.h>
#include <uk/plat/irq.h>
#include <ukd/barrier.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/mmio.h>

#define GICD			0x8000000UL
#define GICD_ISPENDR(number)	(0x200 + (number) / 32 * 4)

#define SPI			100	/* no device has these */
#define NOBODYS_SPI		102

#define LOOPS			1000	/* longer than an interrupt takes to come */
#define UNCLAIMED_MAX		100

/* Checks */

static const char *name;
static unsigned int checks, failed;

static void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

#define CHECK(expression) check(expression, #expression)

/* Devices that share a line, and what their handlers do */

#define DEVICE(unit, irq_trigger) {					\
	.path = "/bus/device@" #unit,					\
	.driver = "test",						\
	.irq = { { .number = SPI, .trigger = irq_trigger } },		\
	.irq_count = 1,							\
}

static const struct ukd_device device[] = {
	DEVICE(0, UKD_IRQ_EDGE), DEVICE(1, UKD_IRQ_EDGE),
	DEVICE(2, UKD_IRQ_EDGE), DEVICE(3, UKD_IRQ_LEVEL),
};

struct unit {
	bool claims;
	bool detaches;		/* itself */
	unsigned int index;	/* of device */
	volatile unsigned int calls;
};

static struct unit unit[3];

static bool serve(void *arg)
{
	struct unit *own = arg;

	own->calls++;
	if (own->detaches)
		(void)ukd_irq_detach(&device[own->index], 0, serve, own);
	return own->claims;
}

static int attach(unsigned int index, bool claims)
{
	unit[index] = (struct unit){ .claims = claims, .index = index };
	return ukd_irq_attach(&device[index], 0, serve, &unit[index]);
}

static int detach(unsigned int index)
{
	return ukd_irq_detach(&device[index], 0, serve, &unit[index]);
}

static void wait(void)
{
	unsigned int i;

	for (i = 0; i < LOOPS; i++)
		ukd_isb();
}

static void make_pending(uint32_t number)
{
	ukd_mmio_write32(GICD, GICD_ISPENDR(number), 1U << number % 32);
	wait();
}

static bool were_called(unsigned int first, unsigned int second,
			unsigned int third)
{
	bool is_so = unit[0].calls == first && unit[1].calls == second &&
		     unit[2].calls == third;

	unit[0].calls = unit[1].calls = unit[2].calls = 0;
	return is_so;
}

/* Tests */

static void all_that_share_a_line_are_called(void)
{
	name = "shared";
	CHECK(!attach(0, false));
	make_pending(SPI);
	CHECK(were_called(1, 0, 0));
	CHECK(!attach(1, true));
	CHECK(!attach(2, true));
	make_pending(SPI);
	CHECK(were_called(1, 1, 1));
	CHECK(!detach(1));
	make_pending(SPI);
	CHECK(were_called(1, 0, 1));
	CHECK(!detach(0));
	make_pending(SPI);
	CHECK(were_called(0, 0, 1));
	CHECK(!detach(2));
	make_pending(SPI);
	CHECK(were_called(0, 0, 0));
	CHECK(!attach(1, true));	/* takes what was pending meanwhile */
	wait();
	CHECK(were_called(0, 1, 0));
	CHECK(!detach(1));
}

static void a_handler_may_detach_itself(void)
{
	name = "detach itself";
	CHECK(!attach(0, true));
	CHECK(!attach(1, true));
	CHECK(!attach(2, true));
	unit[0].detaches = unit[1].detaches = unit[2].detaches = true;
	make_pending(SPI);
	CHECK(were_called(1, 1, 1));
	CHECK(detach(0) == -EINVAL && detach(1) == -EINVAL);
	make_pending(SPI);
	CHECK(were_called(0, 0, 0));
	CHECK(!attach(0, true));	/* takes what was pending meanwhile */
	wait();
	CHECK(were_called(1, 0, 0));
	CHECK(!detach(0));
}

static void attach_says_what_is_wrong(void)
{
	static const struct ukd_device
		none = { .path = "/none" },
		beyond = { .path = "/beyond", .irq = { { .number = 5000 } },
			   .irq_count = 1 };
	unsigned int i, attached = 0;

	name = "errors";
	CHECK(ukd_irq_attach(&none, 0, serve, NULL) == -ERANGE);
	CHECK(ukd_irq_attach(&device[0], 1, serve, NULL) == -ERANGE);
	CHECK(ukd_irq_attach(&beyond, 0, serve, NULL) == -ERANGE);
	CHECK(detach(0) == -EINVAL);
	CHECK(!attach(0, true));
	CHECK(ukd_irq_attach(&device[3], 0, serve, &unit[0]) == -EBUSY);
	CHECK(ukd_irq_detach(&device[0], 0, serve, &unit[1]) == -EINVAL);
	for (i = 0; i < CONFIG_LIBUKDHOST_IRQ_HANDLERS; i++)
		attached += !ukd_irq_attach(&device[1], 0, serve, &unit[1]);
	CHECK(attached > 0 && attached < CONFIG_LIBUKDHOST_IRQ_HANDLERS);
	CHECK(ukd_irq_attach(&device[1], 0, serve, &unit[1]) == -ENOMEM);
	while (attached && !ukd_irq_detach(&device[1], 0, serve, &unit[1]))
		attached--;
	CHECK(attached == 0);
	unit[0].calls = 0;
	make_pending(SPI);
	CHECK(were_called(1, 0, 0));
	CHECK(!detach(0));
}

static volatile unsigned int depth, deepest;

static bool raise_again(void *arg)
{
	struct unit *own = arg;

	depth++;
	if (depth > deepest)
		deepest = depth;
	if (own->calls++ < 3)
		make_pending(SPI);
	depth--;
	return true;
}

static void an_interrupt_is_not_taken_while_it_is_served(void)
{
	name = "not again";
	unit[0].calls = 0;
	CHECK(!ukd_irq_attach(&device[0], 0, raise_again, &unit[0]));
	make_pending(SPI);
	wait();
	CHECK(deepest == 1);
	CHECK(were_called(4, 0, 0));
	CHECK(!ukd_irq_detach(&device[0], 0, raise_again, &unit[0]));
}

static void times(unsigned int count)
{
	while (count--)
		make_pending(SPI);
}

static void what_nobody_claims_is_masked_in_the_end(void)
{
	name = "unclaimed";
	CHECK(!attach(0, false));
	times(UNCLAIMED_MAX - 1);
	unit[0].claims = true;
	times(1);
	unit[0].claims = false;
	times(UNCLAIMED_MAX - 1);
	CHECK(were_called(2 * UNCLAIMED_MAX - 1, 0, 0));
	puts("now it is said:");
	times(1);
	CHECK(were_called(1, 0, 0));
	times(1);
	CHECK(were_called(0, 0, 0));

	CHECK(!attach(1, false));	/* unmasks */
	CHECK(!attach(2, false));
	times(UNCLAIMED_MAX + 5);
	CHECK(unit[2].calls == UNCLAIMED_MAX || unit[2].calls ==
	      UNCLAIMED_MAX + 1);
	CHECK(!detach(0) && !detach(1) && !detach(2));
}

static void what_nobody_takes_is_masked_at_once(void)
{
	name = "untaken";
	CHECK(!uk_irq_unmask(NOBODYS_SPI));
	make_pending(NOBODYS_SPI);
	make_pending(NOBODYS_SPI);
	CHECK(!uk_irq_unmask(NOBODYS_SPI));
	wait();
	CHECK(!uk_irq_mask(NOBODYS_SPI));
}

int main(void)
{
	all_that_share_a_line_are_called();
	a_handler_may_detach_itself();
	attach_says_what_is_wrong();
	an_interrupt_is_not_taken_while_it_is_served();
	what_nobody_claims_is_masked_in_the_end();
	what_nobody_takes_is_masked_at_once();
	printf("lines: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
