/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done with one disk: all of it, in pieces, in any order. */
#ifndef WORK_H
#define WORK_H

#include <uk/block.h>

#include <stdbool.h>
#include <stdint.h>

/* Requests of one disk that are in flight at once, at most. */
#define WORK_SLOTS	1024U

struct slot {
	struct ukd_block_request request;
	struct work *work;
	bool is_taken;
};

struct work {
	struct uk_block *disk;
	unsigned int index;
	const char *plan;	/* a word */
	uint64_t seed;		/* of what is written and wanted */
	unsigned int slots;
	struct slot *slot;
	char *data;		/* a piece for each slot */
	uint32_t *order;	/* of the pieces */
	uint32_t pieces, piece_sectors;
	bool is_write;
	uint32_t next, finished;	/* pieces */
	unsigned int in_flight, in_flight_max;
	uint64_t errors;
};

/** Make room for a disk's requests. @return whether there is some */
bool work_make(struct work *work, unsigned int slots);

/** Begin to write or read all pieces, in another order each time. */
void work_begin(struct work *work, bool is_write);

/** Go on with it. @return whether there is something left to do */
bool work_step(struct work *work);

#endif /* WORK_H */
