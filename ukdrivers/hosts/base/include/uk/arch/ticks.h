/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system counter as this image sees it: the virtual count.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, CNTVCT_EL0.
 */
#ifndef UK_ARCH_TICKS_H
#define UK_ARCH_TICKS_H

#include <uk/arch/sysreg.h>

static inline uint64_t uk_ticks(void)
{
	/* Earlier instructions before the read: it may be done ahead of them. */
	__asm__ __volatile__("isb" : : : "memory");
	return uk_read_cntvct_el0();
}

static inline uint32_t uk_ticks_hz(void)
{
	return (uint32_t)uk_read_cntfrq_el0();
}

#endif /* UK_ARCH_TICKS_H */
