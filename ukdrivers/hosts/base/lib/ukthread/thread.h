/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the thread library share. */
#ifndef UKTHREAD_THREAD_H
#define UKTHREAD_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <uk/plat/time.h>
#include <uk/thread.h>

enum uk_thread_state {
	UK_THREAD_READY,	/* or running */
	UK_THREAD_BLOCKED,	/* until it is woken */
	UK_THREAD_SLEEPING,	/* until its timer expires */
	UK_THREAD_JOINING,	/* until another exits */
	UK_THREAD_EXITED
};

/* At the top of its own stack. */
struct uk_thread {
	uintptr_t stack;		/* pointer, while it isn't running */
	uintptr_t stack_bottom;
	enum uk_thread_state state;
	bool is_woken;			/* but wasn't blocked */
	bool is_timed_out;
	struct uk_thread *next;		/* that is ready; or whose stack is free */
	struct uk_thread *joiner;
	struct uk_timer timer;
	void (*function)(void *arg);
	void *arg;
};

/** Take a stack; NULL when there is none left. `stack_bottom` is set. */
struct uk_thread *uk_thread_new(void);

/** Give it back; it isn't the one in use. */
void uk_thread_free(struct uk_thread *thread);

#endif /* UKTHREAD_THREAD_H */
