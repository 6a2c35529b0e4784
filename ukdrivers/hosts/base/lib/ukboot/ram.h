/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UKBOOT_RAM_H
#define UKBOOT_RAM_H

#include <ukd/core.h>

/** Map RAM; `blob` is the tree that was read, or NULL. */
void uk_ram_set_up(const struct ukd_tree *tree, const void *blob);

#endif /* UKBOOT_RAM_H */
