/* SPDX-License-Identifier: BSD-3-Clause */
/* What the checks of disks share: requests whose end is watched. */
#ifndef CHECKS_H
#define CHECKS_H

#include <uk/block.h>

#include <stdbool.h>
#include <stdint.h>

/* A request, and how it ended. */
struct ask {
	struct ukd_block_request request;
	unsigned int calls;	/* of `done` */
	int status;
	bool is_early;		/* called outside of finish() */
};

/** All checks, on one disk or several. */
void check_disks(struct uk_block *const *disk, unsigned int count);

/** Of the limits a disk tells of, and requests beyond them. */
void check_limits(struct uk_block *disk);
void check_refusals(struct uk_block *disk);
void check_part_of_a_list(struct uk_block *disk);
void check_read_only(struct uk_block *disk);

/** Of requests that are taken. */
void check_full(struct uk_block *disk);
void check_interrupts(struct uk_block *disk);
void check_sizes(struct uk_block *disk);
void check_alignments(struct uk_block *disk);
void check_neighbours(struct uk_block *disk);
void check_flush(struct uk_block *disk);
void check_stop(struct uk_block *disk);

/** @return a request that is to be submitted, with `done` and `cookie` set */
struct ask ask_for(enum ukd_block_operation operation, uint64_t sector,
		   uint32_t count, void *data);

/** Submit one. @return what submit() did, -1 when it took another number */
int ask_one(struct uk_block *disk, struct ask *ask);

/** Finish until so many have ended. @return false: finish() failed */
bool ask_finish(struct uk_block *disk, unsigned int count);

/** Whether it ended once, within finish(), with that status. */
bool ask_ended(const struct ask *ask, int status);

/** Do one and wait for it. @return its status, or why it wasn't taken */
int ask_and_wait(struct uk_block *disk, enum ukd_block_operation operation,
		 uint64_t sector, uint32_t count, void *data);

#endif /* CHECKS_H */
