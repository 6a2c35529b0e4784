/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKD_FIXED_INTERNAL_H
#define UKD_FIXED_INTERNAL_H

#include "../src/internal.h"

#include <ukd/fixed.h>

/** Make a device that is built in or by hand out of a record. */
void ukd_fix(struct ukd_record *record, const struct ukd_fixed *fixed);

/** Make a record for a device whose driver is on. @return it, or NULL */
struct ukd_record *ukd_new_fixed(const struct ukd_fixed *fixed);

#endif /* UKD_FIXED_INTERNAL_H */
