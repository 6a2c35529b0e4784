/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the test and the drivers that it generates share. */
#ifndef CORE_TEST_H
#define CORE_TEST_H

#include <ukd/driver.h>

#include <stdbool.h>
#include <stdio.h>

extern bool is_silent;

#define SAY(...) do { if (!is_silent) printf(__VA_ARGS__); } while (0)

/* Print the device; `variant`, if any, is a number: the result. */
int probe_and_print(const struct ukd_device *dev, const void *variant);

/* The same, and be the interrupt controller: cells are type, number, edge. */
int probe_irqchip(const struct ukd_device *dev, const void *variant);

/* Add the devices that a probed node's test-add-late lists. */
void add_late(void);

#endif /* CORE_TEST_H */
