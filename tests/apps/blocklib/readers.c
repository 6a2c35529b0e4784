/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that use one disk. */

#include "block_test.h"

#include <string.h>
#include <uk/thread.h>

#define THREADS		5U

struct reader {
	struct uk_thread *thread;
	struct uk_block *block;
	unsigned int number;
	bool is_good;
};

static char own[THREADS][SECTORS][SECTOR];

static void read_all(void *arg)
{
	struct reader *reader = arg;
	char (*to)[SECTOR] = own[reader->number];

	reader->is_good = !uk_block_read(reader->block, 0, SECTORS, to) &&
			  !memcmp(to, written, sizeof(written));
}

void many_threads(struct uk_block *block)
{
	struct reader reader[THREADS];
	unsigned int i;

	name = "threads";
	for (i = 0; i < THREADS; i++) {
		reader[i] = (struct reader){ .block = block, .number = i };
		CHECK(!uk_thread_create(&reader[i].thread, read_all,
					&reader[i]));
	}
	for (i = 0; i < THREADS; i++) {
		CHECK(!uk_thread_join(reader[i].thread));
		CHECK(reader[i].is_good);
	}
}
