/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts for the benchmark to count: shared ones without a device, made
 * pending in the distributor, and the physical timer's. GICD_ISPENDR is at the
 * same place in a GICv2 and a GICv3.
 */

#include <stdint.h>
#include <stdio.h>
#include <uk/arch/sysreg.h>
#include <ukd/barrier.h>
#include <ukd/irq.h>
#include <ukd/mmio.h>

#define GICD		0x8000000UL
#define GICD_ISPENDR(n)	(0x200 + (n) / 32 * 4)

#define TIMER		30
#define SPI		100	/* no device has it */
#define ROUNDS		1000U
#define LOOPS		200	/* longer than an interrupt takes to come */

static const struct ukd_device
	spi = {
		.path = "/spi",
		.irq = { { .number = SPI, .trigger = UKD_IRQ_EDGE } },
		.irq_count = 1,
	},
	timer = {
		.path = "/timer",
		.irq = { { .number = TIMER, .trigger = UKD_IRQ_LEVEL } },
		.irq_count = 1,
	};

static volatile unsigned int timer_count;

/* Marked by the benchmark; each does the least that it can. */

ukd_irq_handler on_spi, on_timer;

bool on_spi(void *arg)
{
	(void)arg;
	return true;
}

bool on_timer(void *arg)
{
	(void)arg;
	uk_write_cntp_ctl_el0(0);
	timer_count++;
	return true;
}

static void wait(void)
{
	unsigned int i;

	for (i = 0; i < LOOPS; i++)
		ukd_isb();
}

int main(void)
{
	unsigned int i;

	if (ukd_irq_attach(&spi, 0, on_spi, NULL) ||
	    ukd_irq_attach(&timer, 0, on_timer, NULL))
		return 1;
	for (i = 0; i < ROUNDS; i++) {
		ukd_mmio_write32(GICD, GICD_ISPENDR(SPI), 1U << SPI % 32);
		wait();
		uk_write_cntp_cval_el0(uk_read_cntpct_el0());
		uk_write_cntp_ctl_el0(UK_CNT_CTL_ENABLE);
		wait();
	}
	printf("%u timer interrupts\n", timer_count);
	return timer_count != ROUNDS;
}
