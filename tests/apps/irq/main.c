/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interrupt controller through the host's interface, on QEMU's virt
 * machine with a GICv2. Prints "ok NAME" or "FAIL NAME: expression" a check,
 * and at the end "irq: N checks, M failed".
 *
 * Shared interrupts are made pending in the distributor, since no device here
 * raises one on demand. Source: "ARM Generic Interrupt Controller Architecture
 * version 2.0, Architecture Specification", IHI 0048B.b, 4.3.7, 4.3.8.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/arch/irq.h>
#include <uk/arch/sysreg.h>
#include <uk/plat/irq.h>
#include <ukd/barrier.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/mmio.h>

#define GICD			0x8000000UL
#define GICD_ISPENDR(number)	(0x200 + (number) / 32 * 4)
#define GICD_ICPENDR(number)	(0x280 + (number) / 32 * 4)
#define GICD_BIT(number)	(1U << (number) % 32)

#define SGI		5	/* any: nothing else uses them here */
#define PPI		30	/* the physical timer */
#define SPI		100	/* no device has these */
#define OTHER_SPI	101
#define NOBODYS_SPI	102

#define LOOPS		100000

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

/* What came, in order */

static volatile unsigned int count;
static volatile uint32_t order[8];

static void note(void *arg)
{
	if (count < sizeof(order) / sizeof(*order))
		order[count] = *(const uint32_t *)arg;
	count++;
}

static const uint32_t sgi = SGI, ppi = PPI, spi = SPI, other_spi = OTHER_SPI;

static void make_pending(uint32_t number)
{
	ukd_mmio_write32(GICD, GICD_ISPENDR(number), GICD_BIT(number));
}

static void forget_pending(uint32_t number)
{
	ukd_mmio_write32(GICD, GICD_ICPENDR(number), GICD_BIT(number));
}

/* Wait until so many came; false when they don't. */
static bool came(unsigned int wanted)
{
	unsigned int i;

	for (i = 0; i < LOOPS && count < wanted; i++)
		ukd_isb();
	return count == wanted;
}

static int take(uint32_t number, enum ukd_irq_trigger trigger,
		const uint32_t *arg)
{
	struct ukd_irq irq = { .number = number, .trigger = trigger };

	count = 0;
	return ukd_irq_attach(&irq, note, (void *)(uintptr_t)arg);
}

static int leave(uint32_t number)
{
	struct ukd_irq irq = { .number = number };

	return ukd_irq_detach(&irq);
}

/* Tests */

static void sgi_comes_when_raised(void)
{
	name = "sgi";
	CHECK(!take(SGI, UKD_IRQ_EDGE, &sgi));
	CHECK(!uk_irq_raise(SGI));
	CHECK(came(1) && order[0] == SGI);
	CHECK(!uk_irq_raise(SGI) && came(2));
	CHECK(!leave(SGI));
}

static void timer_off(void *arg)
{
	uk_write_cntp_ctl_el0(0);
	ukd_isb();
	note(arg);
}

static void ppi_comes_when_its_timer_expires(void)
{
	struct ukd_irq irq = { .number = PPI, .trigger = UKD_IRQ_LEVEL };

	name = "ppi";
	count = 0;
	CHECK(!ukd_irq_attach(&irq, timer_off, (void *)(uintptr_t)&ppi));
	uk_write_cntp_cval_el0(uk_read_cntpct_el0());
	uk_write_cntp_ctl_el0(UK_CNT_CTL_ENABLE);
	CHECK(came(1) && order[0] == PPI);
	CHECK(!came(2));
	CHECK(!leave(PPI));
}

static void masked_waits_until_unmasked(void)
{
	name = "mask";
	CHECK(!take(SPI, UKD_IRQ_EDGE, &spi));
	CHECK(!uk_irq_mask(SPI));
	make_pending(SPI);
	CHECK(!came(1) && count == 0);
	CHECK(!uk_irq_unmask(SPI));
	CHECK(came(1) && order[0] == SPI);
	CHECK(!leave(SPI));
}

static void detached_does_not_come(void)
{
	name = "detach";
	CHECK(!take(SPI, UKD_IRQ_EDGE, &spi));
	CHECK(take(SPI, UKD_IRQ_EDGE, &spi) == -EBUSY);
	CHECK(!leave(SPI));
	make_pending(SPI);
	CHECK(!came(1) && count == 0);
	forget_pending(SPI);
}

static void more_urgent_comes_first(void)
{
	name = "priority";
	CHECK(!take(SPI, UKD_IRQ_EDGE, &spi));
	CHECK(!take(OTHER_SPI, UKD_IRQ_EDGE, &other_spi));

	CHECK(!uk_irq_set_priority(SPI, 0x80));
	CHECK(!uk_irq_set_priority(OTHER_SPI, 0x40));
	uk_irqs_off();
	make_pending(SPI);
	make_pending(OTHER_SPI);
	uk_irqs_on();
	CHECK(came(2) && order[0] == OTHER_SPI && order[1] == SPI);

	count = 0;
	CHECK(!uk_irq_set_priority(SPI, 0x20));
	uk_irqs_off();
	make_pending(OTHER_SPI);
	make_pending(SPI);
	uk_irqs_on();
	CHECK(came(2) && order[0] == SPI && order[1] == OTHER_SPI);

	CHECK(!leave(SPI));
	CHECK(!leave(OTHER_SPI));
}

/*
 * Pending by the distributor alone, both kinds come once: what differs is the
 * bit that the distributor reports, and that SGIs are edge for good.
 */
static void trigger_is_what_was_set(void)
{
	const size_t config = 0xc00 + SPI / 16 * 4;
	const uint32_t edge = 2U << SPI % 16 * 2;

	name = "trigger";
	CHECK(!uk_irq_set_trigger(SPI, UKD_IRQ_EDGE));
	CHECK(ukd_mmio_read32(GICD, config) & edge);
	CHECK(!uk_irq_set_trigger(SPI, UKD_IRQ_LEVEL));
	CHECK(!(ukd_mmio_read32(GICD, config) & edge));
	CHECK(!uk_irq_set_trigger(SGI, UKD_IRQ_EDGE));
	CHECK(uk_irq_set_trigger(SGI, UKD_IRQ_LEVEL) == -ENOTSUP);
}

static void numbers_out_of_range_are_refused(void)
{
	const uint32_t limit = uk_irq_limit();

	name = "range";
	CHECK(limit > NOBODYS_SPI);
	CHECK(uk_irq_mask(limit) == -ERANGE);
	CHECK(uk_irq_unmask(limit) == -ERANGE);
	CHECK(uk_irq_unmask(UINT32_MAX) == -ERANGE);
	CHECK(uk_irq_set_trigger(limit, UKD_IRQ_EDGE) == -ERANGE);
	CHECK(uk_irq_set_priority(limit, 0) == -ERANGE);
	CHECK(uk_irq_raise(16) == -ERANGE);
	CHECK(take(limit, UKD_IRQ_EDGE, &spi) == -ERANGE);
	CHECK(take(UINT32_MAX, UKD_IRQ_EDGE, &spi) == -ERANGE);
	CHECK(leave(limit) == -ERANGE);
}

/* The host says so, once, and masks it. */
static void nobodys_is_named_and_masked(void)
{
	name = "nobody";
	CHECK(!uk_irq_unmask(NOBODYS_SPI));
	make_pending(NOBODYS_SPI);
	came(1);
	make_pending(NOBODYS_SPI);
	CHECK(take(SPI, UKD_IRQ_EDGE, &spi) == 0);
	make_pending(SPI);
	CHECK(came(1));
	forget_pending(NOBODYS_SPI);
	CHECK(!take(NOBODYS_SPI, UKD_IRQ_EDGE, &spi));
	make_pending(NOBODYS_SPI);
	CHECK(came(1));
}

int main(void)
{
	sgi_comes_when_raised();
	ppi_comes_when_its_timer_expires();
	masked_waits_until_unmasked();
	detached_does_not_come();
	more_urgent_comes_first();
	trigger_is_what_was_set();
	numbers_out_of_range_are_refused();
	nobodys_is_named_and_masked();
	printf("irq: %u checks, %u failed\n", checks, failed);
	return failed ? 1 : 0;
}
