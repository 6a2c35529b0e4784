/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_CTORS_H
#define UK_CTORS_H

#define UK_CTOR_PRIO(function, priority)				\
	static __attribute__((constructor)) void function##_early(void)	\
	{								\
		function();						\
	}								\
	_Static_assert((priority) == 1, "before the bus")

#endif /* UK_CTORS_H */
