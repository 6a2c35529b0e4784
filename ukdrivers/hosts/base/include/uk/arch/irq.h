/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts of this CPU, all at once.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, DAIF; WFI.
 */
#ifndef UK_ARCH_IRQ_H
#define UK_ARCH_IRQ_H

#include <stdint.h>

static inline void uk_irqs_on(void)
{
	__asm__ __volatile__("msr daifclr, #2" : : : "memory");
}

static inline void uk_irqs_off(void)
{
	__asm__ __volatile__("msr daifset, #2" : : : "memory");
}

/* Off, and what they were before; for uk_irqs_restore(). */
static inline uint64_t uk_irqs_save(void)
{
	uint64_t before;

	__asm__ __volatile__("mrs %0, daif" : "=r"(before) : : "memory");
	uk_irqs_off();
	return before;
}

static inline void uk_irqs_restore(uint64_t before)
{
	__asm__ __volatile__("msr daif, %0" : : "r"(before) : "memory");
}

/*
 * Wait for an interrupt, on or off: one that is pending ends the wait even
 * while it is kept from being taken. The DSB has earlier writes, such as a
 * console's, complete before the CPU stops.
 */
static inline void uk_wait(void)
{
	__asm__ __volatile__("dsb sy\n\twfi" : : : "memory");
}

/*
 * Wait for an interrupt and take it. To be called with interrupts off, in a
 * loop over what the interrupt changes: from the look at that until the CPU
 * has stopped, none may be taken, or it is missed and then waited for.
 */
static inline void uk_wait_and_take(void)
{
	uk_wait();
	uk_irqs_on();
	/* On before off: without it, nothing need be taken in between. */
	__asm__ __volatile__("isb" : : : "memory");
	uk_irqs_off();
}

#endif /* UK_ARCH_IRQ_H */
