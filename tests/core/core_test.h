/* SPDX-License-Identifier: BSD-3-Clause */
/* What the drivers that a test generates are made of. */
#ifndef CORE_TEST_H
#define CORE_TEST_H

#include <ukd/driver.h>

/* Print the device; `variant`, if any, is a number: the result. */
int probe_and_print(const struct ukd_device *dev, const void *variant);

/* The same, and be the interrupt controller: cells are type, number, edge. */
int probe_irqchip(const struct ukd_device *dev, const void *variant);

#endif /* CORE_TEST_H */
