/* SPDX-License-Identifier: BSD-3-Clause */
struct uk_alloc;

struct uk_bus {
	int (*init)(struct uk_alloc *a);
	int (*probe)(void);
};

/* Where a test finds it. */
#define UK_BUS_REGISTER(bus)	struct uk_bus *stub_bus(void) { return (bus); }

struct uk_bus *stub_bus(void);
