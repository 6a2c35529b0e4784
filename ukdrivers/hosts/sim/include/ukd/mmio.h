/* SPDX-License-Identifier: BSD-3-Clause */
/* Device registers: every access goes to the fake device. */
#ifndef UKD_MMIO_H
#define UKD_MMIO_H

#include <stddef.h>
#include <stdint.h>

uint64_t fake_read(uintptr_t address, unsigned int bytes);
void fake_write(uintptr_t address, unsigned int bytes, uint64_t value);

#define UKD_MMIO_ACCESSORS(bits)					\
static inline uint##bits##_t						\
ukd_mmio_read##bits(uintptr_t base, size_t offset)			\
{									\
	return (uint##bits##_t)fake_read(base + offset, (bits) / 8);	\
}									\
									\
static inline void							\
ukd_mmio_write##bits(uintptr_t base, size_t offset,			\
		     uint##bits##_t value)				\
{									\
	fake_write(base + offset, (bits) / 8, value);			\
}

UKD_MMIO_ACCESSORS(8)
UKD_MMIO_ACCESSORS(16)
UKD_MMIO_ACCESSORS(32)
UKD_MMIO_ACCESSORS(64)

#undef UKD_MMIO_ACCESSORS

#endif /* UKD_MMIO_H */
