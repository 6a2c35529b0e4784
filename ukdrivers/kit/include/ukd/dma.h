/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory shared with a device: one access a call, never repeated, merged or
 * kept in a register by the compiler. What a device wrote there is untrusted.
 * Values are little-endian in memory, as every device here has them.
 */
#ifndef UKD_DMA_H
#define UKD_DMA_H

#include <ukd/barrier.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "the accessors below don't swap");

#define UKD_DMA_ACCESSORS(bits)						\
static inline uint##bits##_t						\
ukd_dma_read##bits(const uint##bits##_t *shared)			\
{									\
	return __atomic_load_n(shared, __ATOMIC_RELAXED);		\
}									\
									\
static inline void ukd_dma_write##bits(uint##bits##_t *shared,		\
				       uint##bits##_t value)		\
{									\
	__atomic_store_n(shared, value, __ATOMIC_RELAXED);		\
}

UKD_DMA_ACCESSORS(8)
UKD_DMA_ACCESSORS(16)
UKD_DMA_ACCESSORS(32)
UKD_DMA_ACCESSORS(64)

#undef UKD_DMA_ACCESSORS

#endif /* UKD_DMA_H */
