/* SPDX-License-Identifier: BSD-3-Clause */
/* What the glue for devices calls of a tree and of the kit's core, faked. */
#ifndef TREE_H
#define TREE_H

#include <ukd/driver.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,	\
			#condition);					\
		abort();						\
	}								\
} while (0)

extern const struct ukd_device tree_device;

/* The device sees memory this far away, and not all addresses, if it isn't 0. */
extern uint64_t tree_offset;

/* It sees nothing of it. */
extern bool tree_hides;

/* Pages that follow each other don't in RAM. */
extern bool tree_tears;

/* What has been allocated and not freed. */
extern unsigned int tree_held;

/* So many allocations work from now on; negative: all. */
extern int tree_memory;

void tree_reset(uint64_t offset);

#endif /* TREE_H */
