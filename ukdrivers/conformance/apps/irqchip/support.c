/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests share. */

#include "irq_test.h"

#include <stddef.h>
#include <uk/arch/sysreg.h>
#include <ukd/barrier.h>
#include <ukd/mmio.h>

#define LOOPS	2000	/* far more than an interrupt takes to come */

const struct ukd_device
	test_sgi = DEVICE("sgi", 5, EDGE),
	test_timer = DEVICE("timer", 30, LEVEL),
	test_spi = DEVICE("spi", 100, EDGE),
	test_other = DEVICE("other", 101, EDGE);

/* What came, in order */

volatile unsigned int test_count;
const void *volatile test_order[8];

bool test_note(void *arg)
{
	if (test_count < sizeof(test_order) / sizeof(*test_order))
		test_order[test_count] = arg;
	test_count++;
	return true;
}

void test_make_pending(const struct ukd_device *dev)
{
	uint32_t number = dev->irq[0].number;

	ukd_mmio_write32(GICD, GICD_ISPENDR(number), GICD_BIT(number));
}

void test_forget_pending(const struct ukd_device *dev)
{
	uint32_t number = dev->irq[0].number;

	ukd_mmio_write32(GICD, GICD_ICPENDR(number), GICD_BIT(number));
}

void test_wait(void)
{
	unsigned int i;

	for (i = 0; i < LOOPS; i++)
		ukd_isb();
}

bool test_came(unsigned int wanted)
{
	test_wait();
	return test_count == wanted;
}

int test_take(const struct ukd_device *dev, ukd_irq_handler *handler)
{
	test_count = 0;
	return ukd_irq_attach(dev, 0, handler, (void *)(uintptr_t)dev);
}

int test_leave(const struct ukd_device *dev, ukd_irq_handler *handler)
{
	return ukd_irq_detach(dev, 0, handler, (void *)(uintptr_t)dev);
}

void test_expire(void)
{
	uk_write_cntp_cval_el0(uk_read_cntpct_el0());
	uk_write_cntp_ctl_el0(UK_CNT_CTL_ENABLE);
}

bool test_timer_off(void *arg)
{
	uk_write_cntp_ctl_el0(0);
	ukd_isb();
	return test_note(arg);
}
