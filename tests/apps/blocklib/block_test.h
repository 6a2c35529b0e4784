/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of the block library share: checks, and a disk. */
#ifndef BLOCK_TEST_H
#define BLOCK_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <uk/block.h>

extern const char *name;
void check(bool is_true, const char *expression);
#define CHECK(expression)	check(expression, #expression)

#define SECTOR		512U
#define SECTORS		256U
#define REQUEST_MAX	7U	/* sectors */
#define IN_FLIGHT_MAX	4U

struct disk {
	struct ukd_device dev;
	char content[SECTORS][SECTOR];
	void (*wake)(void *host);
	void *host;
	struct ukd_block_request *in_flight[IN_FLIGHT_MAX];
	unsigned int in_flight_count, most_in_flight, flushes;
	uint64_t bad_sector;	/* a request that touches it fails */
	bool is_dead, is_finished;
};

extern struct disk disk;

extern char written[SECTORS][SECTOR];	/* what its content should be */

bool disk_add(bool is_read_only);

/** Several threads that read all of it at once. */
void many_threads(struct uk_block *block);

#endif /* BLOCK_TEST_H */
