/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_BUS_H
#define UK_BUS_H

#include <uk/alloc.h>
#include <uk/ctors.h>
#include <uk/list.h>

struct uk_bus {
	int (*init)(struct uk_alloc *a);
	int (*probe)(void);
};

/* One bus a program: the test calls it. */
extern struct uk_bus *const registered_bus;
#define UK_BUS_REGISTER_PRIORITY(bus, priority)				\
	_Static_assert((priority) == 1, "before PCI");			\
	struct uk_bus *const registered_bus = (bus)

#endif /* UK_BUS_H */
