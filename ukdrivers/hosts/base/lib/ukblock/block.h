/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the block library share. */
#ifndef UKBLOCK_BLOCK_H
#define UKBLOCK_BLOCK_H

#include <uk/block.h>

/* Who waits for a disk; on the waiting thread's stack. */
struct uk_block_waiter;

struct uk_block {
	const struct ukd_block_ops *ops;
	void *self;
	const struct ukd_device *dev;
	struct ukd_block_info info;
	bool is_open;
	volatile bool is_woken;
	struct uk_block_waiter *waiters;
	struct uk_block *next;
};

/** Wait until the disk was woken. */
void uk_block_sleep(struct uk_block *disk);

/** In interrupt context: end all waits for a disk. */
void uk_block_unblock(struct uk_block *disk);

#endif /* UKBLOCK_BLOCK_H */
