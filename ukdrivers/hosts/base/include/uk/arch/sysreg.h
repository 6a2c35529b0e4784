/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers by the name that the manual gives them.
 *
 * A write holds for later instructions only after an ISB: ukd_isb().
 *
 * Source: Arm Architecture Reference Manual, DDI 0487.
 */
#ifndef UK_ARCH_SYSREG_H
#define UK_ARCH_SYSREG_H

#include <stdint.h>

#define UK_SYSREG_READ(name, reg)					\
static inline uint64_t uk_read_##name(void)				\
{									\
	uint64_t value;							\
									\
	__asm__ __volatile__("mrs %0, " reg : "=r"(value) : : "memory"); \
	return value;							\
}

#define UK_SYSREG_WRITE(name, reg)					\
static inline void uk_write_##name(uint64_t value)			\
{									\
	__asm__ __volatile__("msr " reg ", %x0" : : "rZ"(value)		\
			     : "memory");				\
}

#define UK_SYSREG(name, reg)						\
	UK_SYSREG_READ(name, reg)					\
	UK_SYSREG_WRITE(name, reg)

UK_SYSREG_READ(cntfrq_el0, "CNTFRQ_EL0")
UK_SYSREG_READ(cntvct_el0, "CNTVCT_EL0")
UK_SYSREG_READ(cntpct_el0, "CNTPCT_EL0")
UK_SYSREG(cntv_ctl_el0, "CNTV_CTL_EL0")
UK_SYSREG(cntv_cval_el0, "CNTV_CVAL_EL0")
UK_SYSREG(cntp_ctl_el0, "CNTP_CTL_EL0")
UK_SYSREG(cntp_cval_el0, "CNTP_CVAL_EL0")
UK_SYSREG_READ(id_aa64mmfr0_el1, "ID_AA64MMFR0_EL1")
UK_SYSREG_READ(ttbr0_el1, "TTBR0_EL1")

#undef UK_SYSREG
#undef UK_SYSREG_READ
#undef UK_SYSREG_WRITE

/* CNTV_CTL_EL0 and CNTP_CTL_EL0. */
#define UK_CNT_CTL_ENABLE	1
#define UK_CNT_CTL_ISTATUS	4

#endif /* UK_ARCH_SYSREG_H */
