/* SPDX-License-Identifier: BSD-3-Clause */
/* Barriers in a process whose fake devices run in the thread that calls. */
#ifndef UKD_BARRIER_H
#define UKD_BARRIER_H

static inline void ukd_mb(void)		{ __atomic_signal_fence(__ATOMIC_SEQ_CST); }
static inline void ukd_rmb(void)	{ __atomic_signal_fence(__ATOMIC_ACQUIRE); }
static inline void ukd_wmb(void)	{ __atomic_signal_fence(__ATOMIC_RELEASE); }
static inline void ukd_dma_mb(void)	{ __atomic_signal_fence(__ATOMIC_SEQ_CST); }
static inline void ukd_dma_rmb(void)	{ __atomic_signal_fence(__ATOMIC_ACQUIRE); }
static inline void ukd_dma_wmb(void)	{ __atomic_signal_fence(__ATOMIC_RELEASE); }
static inline void ukd_isb(void)	{ }

#endif /* UKD_BARRIER_H */
