/* SPDX-License-Identifier: BSD-3-Clause */
/* Accesses to shared memory, each by way of the memory model in order_test.c. */
#ifndef UKD_DMA_H
#define UKD_DMA_H

#include <ukd/barrier.h>
#include <stdint.h>

uint64_t order_load(const void *shared, unsigned int bytes);
void order_store(void *shared, unsigned int bytes, uint64_t value);

#define UKD_DMA_ACCESSORS(bits)						\
static inline uint##bits##_t						\
ukd_dma_read##bits(const uint##bits##_t *shared)			\
{									\
	return (uint##bits##_t)order_load(shared, (bits) / 8);		\
}									\
									\
static inline void ukd_dma_write##bits(uint##bits##_t *shared,		\
				       uint##bits##_t value)		\
{									\
	order_store(shared, (bits) / 8, value);				\
}

UKD_DMA_ACCESSORS(8)
UKD_DMA_ACCESSORS(16)
UKD_DMA_ACCESSORS(32)
UKD_DMA_ACCESSORS(64)

#undef UKD_DMA_ACCESSORS

#endif /* UKD_DMA_H */
