/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Barriers in a process whose fake devices run in the thread that calls: they
 * are seen by fake_events().
 */
#ifndef UKD_BARRIER_H
#define UKD_BARRIER_H

void fake_event(char what);

#define UKD_BARRIER(name, what)						\
static inline void name(void)						\
{									\
	__atomic_signal_fence(__ATOMIC_SEQ_CST);			\
	fake_event(what);						\
}

UKD_BARRIER(ukd_mb, 'b')
UKD_BARRIER(ukd_rmb, 'b')
UKD_BARRIER(ukd_wmb, 'b')
UKD_BARRIER(ukd_dma_mb, 'b')
UKD_BARRIER(ukd_dma_rmb, 'b')
UKD_BARRIER(ukd_dma_wmb, 'b')
UKD_BARRIER(ukd_isb, 'i')

#undef UKD_BARRIER

#endif /* UKD_BARRIER_H */
