/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cooperative threads: one runs until it waits, sleeps, yields or exits; then
 * the one that has been ready for longest does. main() is a thread, and its
 * return ends the image. uk_sleep_us() of <uk/plat/time.h> lets others run.
 *
 * Nothing here may be called from an interrupt handler but uk_thread_wake(),
 * nor with interrupts off but that and uk_thread_current().
 */
#ifndef UK_THREAD_H
#define UK_THREAD_H

#include <stdint.h>

struct uk_thread;

/**
 * Make a thread. It runs when its turn comes, not at once.
 *
 * @param thread set to it when 0 is returned; valid until it is joined
 * @param function its return is the thread's exit
 *
 * @return 0, or -ENOMEM: there are CONFIG_LIBUKTHREAD_COUNT already
 */
int uk_thread_create(struct uk_thread **thread, void (*function)(void *arg),
		     void *arg);

/** End the calling thread. What it has stays until it is joined. */
_Noreturn void uk_thread_exit(void);

/**
 * Wait for a thread's exit, and free it.
 *
 * @return 0, -EINVAL for the caller itself, -EBUSY when another waits for it
 */
int uk_thread_join(struct uk_thread *thread);

/** Let the others that are ready run first. */
void uk_thread_yield(void);

/**
 * Wait for uk_thread_wake(). One that came since the last wait ends it at once,
 * so none is missed between a look at what it announces and the call.
 */
void uk_thread_block(void);

/**
 * The same with a deadline.
 *
 * @return 0, -ETIMEDOUT, or -ENODEV without a timer: nothing was waited for
 */
int uk_thread_block_us(uint64_t us);

/** End a thread's wait, this one or the next. May be called by interrupt handlers. */
void uk_thread_wake(struct uk_thread *thread);

/** The thread that is running, or that was interrupted. */
struct uk_thread *uk_thread_current(void);

#endif /* UK_THREAD_H */
