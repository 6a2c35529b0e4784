/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the glue share: the tree, the order of probing, and when
 * registers can be mapped.
 *
 * The kit's host side has no start of its own here: the platform calls what it
 * needs when it needs it, and whoever comes first has the tree read.
 */
#ifndef UKD_GLUE_H
#define UKD_GLUE_H

#include <ukd/core.h>

/** What the pass over the boot device tree found; the first call does it. */
const struct ukd_tree *ukd_host_tree(void);

/** Probe the devices of a class, unless that was done. */
void ukd_host_probe(enum ukd_class class);

/** Have devices get their interrupts from the tree's own controller, if it runs. */
void ukd_host_adopt_irqchip(void);

/** The platform's own page tables are on: ukd_map() can map from now on. */
void ukd_host_mapping_starts(void);

/** Whether registers are accessible or can be made so. */
bool ukd_host_can_map(void);

/** Let a crash switch the machine off this early in the boot, too. */
void ukd_host_find_firmware(void);

#endif /* UKD_GLUE_H */
