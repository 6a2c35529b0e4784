/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_BUS_H
#define UK_BUS_H

#include <uk/alloc.h>

struct uk_bus {
	int (*init)(struct uk_alloc *a);
	int (*probe)(void);
};

/* One bus a program: the test calls it. */
struct uk_bus *registered_bus(void);
#define UK_BUS_REGISTER(bus)						\
	struct uk_bus *registered_bus(void)				\
	{								\
		return (bus);						\
	}								\
	_Static_assert(1, "")

#endif /* UK_BUS_H */
