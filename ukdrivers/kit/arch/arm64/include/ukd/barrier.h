/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Barriers on arm64.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, the instructions DMB,
 * DSB and ISB.
 */
#ifndef UKD_BARRIER_H
#define UKD_BARRIER_H

#define UKD_BARRIER(text)	__asm__ __volatile__(text : : : "memory")

/* Earlier accesses are complete before anything later starts. */
static inline void ukd_mb(void)		{ UKD_BARRIER("dsb sy"); }
static inline void ukd_rmb(void)	{ UKD_BARRIER("dsb ld"); }
static inline void ukd_wmb(void)	{ UKD_BARRIER("dsb st"); }

/* Order alone, against a device that shares memory. */
static inline void ukd_dma_mb(void)	{ UKD_BARRIER("dmb osh"); }
static inline void ukd_dma_rmb(void)	{ UKD_BARRIER("dmb oshld"); }
static inline void ukd_dma_wmb(void)	{ UKD_BARRIER("dmb oshst"); }

/* Earlier writes to system registers hold for what is executed next. */
static inline void ukd_isb(void)	{ UKD_BARRIER("isb"); }

#undef UKD_BARRIER

#endif /* UKD_BARRIER_H */
