/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device registers on arm64.
 *
 * One plain load or store an access: base register only, no write-back and no
 * pair, since those trap to a hypervisor without a decoded syndrome.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, ESR_ELx, ISS encoding
 * for an exception from a Data Abort (ISV).
 */
#ifndef UKD_MMIO_H
#define UKD_MMIO_H

#include <stddef.h>
#include <stdint.h>

#define UKD_MMIO_ACCESSORS(bits, type, suffix, reg)			\
static inline type ukd_mmio_read##bits(uintptr_t base, size_t offset)	\
{									\
	type value;							\
									\
	__asm__ __volatile__("ldr" suffix " %" reg "0, [%1]"		\
			     : "=r"(value) : "r"(base + offset)		\
			     : "memory");				\
	return value;							\
}									\
									\
static inline void ukd_mmio_write##bits(uintptr_t base, size_t offset,	\
					type value)			\
{									\
	__asm__ __volatile__("str" suffix " %" reg "0, [%1]"		\
			     : : "rZ"(value), "r"(base + offset)	\
			     : "memory");				\
}

UKD_MMIO_ACCESSORS(8, uint8_t, "b", "w")
UKD_MMIO_ACCESSORS(16, uint16_t, "h", "w")
UKD_MMIO_ACCESSORS(32, uint32_t, "", "w")
UKD_MMIO_ACCESSORS(64, uint64_t, "", "x")

#undef UKD_MMIO_ACCESSORS

#endif /* UKD_MMIO_H */
