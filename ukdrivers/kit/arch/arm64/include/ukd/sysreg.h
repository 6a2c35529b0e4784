/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers on arm64, by the name that the assembler takes: a word, or
 * S<op0>_<op1>_C<n>_C<m>_<op2> for one that an older assembler doesn't know.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, MRS and MSR (register).
 */
#ifndef UKD_SYSREG_H
#define UKD_SYSREG_H

#include <stdint.h>

#define ukd_sysreg_read(name) __extension__ ({				\
	uint64_t ukd_value_;						\
									\
	__asm__ __volatile__("mrs %0, " #name				\
			     : "=r"(ukd_value_) : : "memory");		\
	ukd_value_;							\
})

#define ukd_sysreg_write(name, value)					\
	__asm__ __volatile__("msr " #name ", %x0"			\
			     : : "rZ"((uint64_t)(value)) : "memory")

#endif /* UKD_SYSREG_H */
