/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of each kind, and what level and edge mean.
 *
 * The UART holds its line high until it is told to let go. Source: "PrimeCell
 * UART (PL011) Technical Reference Manual", revision r1p5, DDI 0183G, 3.3.10,
 * 3.3.13.
 */

#include "irq_test.h"

#include <stdio.h>
#include <uk/arch/irq.h>
#include <uk/plat/irq.h>
#include <ukd/errno.h>
#include <ukd/mmio.h>

#define UART			0x9000000UL
#define UARTIMSC		0x038
#define UARTICR			0x044
#define UART_TX			(1U << 5)

static const struct ukd_device
	uart = DEVICE("uart", 33, LEVEL),
	uart_as_edge = DEVICE("uart", 33, EDGE);

/* Tests: kinds of interrupt */

/* A GICv2 needn't be able to mask an SGI, so that isn't tried. */
void sgi_comes_when_raised(void)
{
	check_begin("sgi");
	CHECK(!test_take(&test_sgi, test_note));
	CHECK(!uk_irq_raise(5));
	CHECK(test_came(1) && test_order[0] == &test_sgi);
	CHECK(!uk_irq_raise(5) && test_came(2));
	CHECK(!test_leave(&test_sgi, test_note));
}

void ppi_comes_when_its_timer_expires(void)
{
	check_begin("ppi");
	CHECK(!test_take(&test_timer, test_timer_off));
	test_expire();
	CHECK(test_came(1) && test_order[0] == &test_timer);
	CHECK(!test_leave(&test_timer, test_timer_off));
}

void spi_comes_when_pending(void)
{
	check_begin("spi");
	CHECK(!test_take(&test_spi, test_note));
	test_make_pending(&test_spi);
	CHECK(test_came(1) && test_order[0] == &test_spi);
	test_make_pending(&test_spi);
	CHECK(test_came(2));
	CHECK(!test_leave(&test_spi, test_note));
}

/* Tests: level and edge */

static bool uart_off(void *arg)
{
	if (test_count == 3) {
		ukd_mmio_write32(UART, UARTIMSC, 0);
		ukd_mmio_write32(UART, UARTICR, UART_TX);
	}
	return test_note(arg);
}

/* Its line is high from a character on, until that is cleared or masked. */
static void uart_raises(void)
{
	printf("a character\n");
	test_count = 0;
	ukd_mmio_write32(UART, UARTIMSC, UART_TX);
	test_wait();
}

void level_comes_until_its_device_lets_go(void)
{
	check_begin("level");
	CHECK(!test_take(&uart, uart_off));
	uart_raises();
	CHECK(test_came(4));
	CHECK(!test_leave(&uart, uart_off));
}

/* Checked with the line low, since a check writes characters. */
void edge_comes_once_each_time_it_rises(void)
{
	unsigned int first;

	check_begin("edge");
	CHECK(!test_take(&uart_as_edge, test_note));
	uart_raises();
	ukd_mmio_write32(UART, UARTIMSC, 0);
	first = test_count;
	uart_raises();
	ukd_mmio_write32(UART, UARTIMSC, 0);
	ukd_mmio_write32(UART, UARTICR, UART_TX);
	CHECK(first == 1 && test_count == 1);
	CHECK(!test_leave(&uart_as_edge, test_note));
}

static bool pend_again(void *arg)
{
	if (!test_count)
		test_make_pending(&test_spi);
	return test_note(arg);
}

void edge_while_served_comes_after(void)
{
	check_begin("edge-again");
	CHECK(!test_take(&test_spi, pend_again));
	test_make_pending(&test_spi);
	CHECK(test_came(2));
	uk_irqs_off();
	test_make_pending(&test_spi);
	test_make_pending(&test_spi);
	uk_irqs_on();
	CHECK(test_came(3));		/* there is one pending state */
	CHECK(!test_leave(&test_spi, pend_again));
}

/* SGIs are edge for good. */
void trigger_is_what_was_set(void)
{
	const uint32_t edge = 2U << 100 % 16 * 2;

	check_begin("trigger");
	CHECK(!uk_irq_set_trigger(100, UKD_IRQ_EDGE));
	CHECK(ukd_mmio_read32(GICD, GICD_ICFGR(100)) & edge);
	CHECK(!uk_irq_set_trigger(100, UKD_IRQ_LEVEL));
	CHECK(!(ukd_mmio_read32(GICD, GICD_ICFGR(100)) & edge));
	CHECK(!uk_irq_set_trigger(5, UKD_IRQ_EDGE));
	CHECK(uk_irq_set_trigger(5, UKD_IRQ_LEVEL) == -ENOTSUP);
}
