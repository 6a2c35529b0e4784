/* SPDX-License-Identifier: BSD-3-Clause */
/* Barriers of the memory model in order_test.c. */
#ifndef UKD_BARRIER_H
#define UKD_BARRIER_H

void order_mb(void);
void order_rmb(void);
void order_wmb(void);

static inline void ukd_mb(void)		{ order_mb(); }
static inline void ukd_rmb(void)	{ order_rmb(); }
static inline void ukd_wmb(void)	{ order_wmb(); }
static inline void ukd_dma_mb(void)	{ order_mb(); }
static inline void ukd_dma_rmb(void)	{ order_rmb(); }
static inline void ukd_dma_wmb(void)	{ order_wmb(); }
static inline void ukd_isb(void)	{ }

#endif /* UKD_BARRIER_H */
