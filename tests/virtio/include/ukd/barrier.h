/* SPDX-License-Identifier: BSD-3-Clause */
/* Barriers: where the device model may step in between the driver's accesses. */
#ifndef UKD_BARRIER_H
#define UKD_BARRIER_H

void model_barrier(void);

static inline void ukd_mb(void)		{ model_barrier(); }
static inline void ukd_rmb(void)	{ model_barrier(); }
static inline void ukd_wmb(void)	{ model_barrier(); }
static inline void ukd_dma_mb(void)	{ model_barrier(); }
static inline void ukd_dma_rmb(void)	{ model_barrier(); }
static inline void ukd_dma_wmb(void)	{ model_barrier(); }
static inline void ukd_isb(void)	{ }

#endif /* UKD_BARRIER_H */
