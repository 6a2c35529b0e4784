/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests share: devices, and what came of them.
 *
 * Shared interrupts are made pending in the distributor, whose registers for
 * it are the same in a GICv2 and a GICv3. Source: "ARM Generic Interrupt
 * Controller Architecture version 2.0, Architecture Specification", IHI
 * 0048B.b, 4.3.7, 4.3.8, 4.3.13.
 */
#ifndef IRQ_TEST_H
#define IRQ_TEST_H

#include "../common/check.h"

#include <stdbool.h>
#include <stdint.h>
#include <ukd/driver.h>
#include <ukd/irq.h>

#define GICD			0x8000000UL
#define GICD_ISPENDR(number)	(0x200 + (number) / 32 * 4)
#define GICD_ICPENDR(number)	(0x280 + (number) / 32 * 4)
#define GICD_ICFGR(number)	(0xc00 + (number) / 16 * 4)
#define GICD_BIT(number)	(1U << (number) % 32)

/* A device with one interrupt. */
#define DEVICE(name, intid, kind) {					\
	.path = "/test/" name,						\
	.irq = { { .number = (intid), .trigger = UKD_IRQ_##kind } },	\
	.irq_count = 1,							\
}

extern const struct ukd_device
	test_sgi,		/* 5; nothing else uses any */
	test_timer,		/* 30, the physical one's */
	test_spi, test_other;	/* 100 and 101, which no device has */

/* What came since the last test_take(): how often, and of whom first. */
extern volatile unsigned int test_count;
extern const void *volatile test_order[8];

/* Notes a device, which is the argument, and claims the interrupt. */
ukd_irq_handler test_note;
/* The same, with the physical timer turned off. */
ukd_irq_handler test_timer_off;

int test_take(const struct ukd_device *dev, ukd_irq_handler *handler);
int test_leave(const struct ukd_device *dev, ukd_irq_handler *handler);

void test_make_pending(const struct ukd_device *dev);
void test_forget_pending(const struct ukd_device *dev);

/* Have the physical timer expire now. */
void test_expire(void);

/* Long enough for whatever may come. */
void test_wait(void);
/* The same; whether so many came, and no more. */
bool test_came(unsigned int wanted);

/* kinds.c */
void sgi_comes_when_raised(void);
void ppi_comes_when_its_timer_expires(void);
void spi_comes_when_pending(void);
void level_comes_until_its_device_lets_go(void);
void edge_comes_once_each_time_it_rises(void);
void edge_while_served_comes_after(void);
void trigger_is_what_was_set(void);

/* delivery.c */
void masked_waits_until_unmasked(void);
void private_masked_waits_until_unmasked(void);
void detached_does_not_come(void);
void more_urgent_comes_first(void);
void a_shared_line_calls_all(void);
void what_went_away_is_ignored(void);
void numbers_out_of_range_are_refused(void);
void nobodys_is_named_and_masked(void);
void unclaimed_is_named_and_masked(void);

#endif /* IRQ_TEST_H */
