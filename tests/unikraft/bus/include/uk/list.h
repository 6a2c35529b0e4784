/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's queues; the entries name a whole type, which is the difference. */
#ifndef UK_LIST_H
#define UK_LIST_H

#include <sys/queue.h>

#define UK_TAILQ_ENTRY(type) \
	struct { type *tqe_next; type **tqe_prev; }
#define UK_TAILQ_HEAD(name, type) \
	struct name { type *tqh_first; type **tqh_last; }
#define UK_TAILQ_HEAD_INITIALIZER	TAILQ_HEAD_INITIALIZER
#define UK_TAILQ_INSERT_TAIL		TAILQ_INSERT_TAIL
#define UK_TAILQ_REMOVE			TAILQ_REMOVE
#define UK_TAILQ_FOREACH		TAILQ_FOREACH
#define UK_TAILQ_FOREACH_SAFE(one, head, field, following)		\
	for ((one) = TAILQ_FIRST(head);					\
	     (one) && ((following) = TAILQ_NEXT(one, field), 1);	\
	     (one) = (following))

#endif /* UK_LIST_H */
