/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls to the firmware or the hypervisor, without arguments.
 *
 * Source: Arm, "SMC Calling Convention", DEN 0028: SMC32 fast calls; x0 to x17
 * may be lost.
 */
#ifndef UK_ARCH_SMCCC_H
#define UK_ARCH_SMCCC_H

#include <stdint.h>

#define UK_SMCCC_CALL(name, instruction)				\
static inline int32_t name(uint32_t function)				\
{									\
	register uint64_t x0 __asm__("x0") = function;			\
									\
	__asm__ __volatile__(instruction " #0" : "+r"(x0) : 		\
			     : "x1", "x2", "x3", "x4", "x5", "x6",	\
			       "x7", "x8", "x9", "x10", "x11", "x12",	\
			       "x13", "x14", "x15", "x16", "x17",	\
			       "memory");				\
	return (int32_t)x0;						\
}

UK_SMCCC_CALL(uk_hvc, "hvc")
UK_SMCCC_CALL(uk_smc, "smc")

#undef UK_SMCCC_CALL

#endif /* UK_ARCH_SMCCC_H */
