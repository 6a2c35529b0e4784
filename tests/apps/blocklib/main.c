/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The block library, over a disk without hardware. Prints "ok NAME" or "FAIL
 * NAME: expression" a check, at the end "blocklib: N checks, M failed".
 */

#include "block_test.h"

#include <stdio.h>
#include <string.h>
#include <uk/config.h>
#include <ukd/errno.h>

const char *name;
static unsigned int checks, failed;

void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

char written[SECTORS][SECTOR];
static char was_read[SECTORS][SECTOR];

static void fill(char seed)
{
	unsigned int i, j;

	for (i = 0; i < SECTORS; i++) {
		for (j = 0; j < SECTOR; j++)
			written[i][j] = (char)(seed + i * 7 + j * 13);
	}
}

static void whole_disk(struct uk_block *block)
{
	name = "whole disk";
	fill(1);
	CHECK(!uk_block_write(block, 0, SECTORS, written));
	CHECK(!memcmp(disk.content, written, sizeof(written)));
	CHECK(!uk_block_read(block, 0, SECTORS, was_read));
	CHECK(!memcmp(was_read, written, sizeof(written)));
	CHECK(disk.most_in_flight == IN_FLIGHT_MAX);
	CHECK(!disk.in_flight_count);
	CHECK(!uk_block_flush(block) && disk.flushes == 1);
}

static void parts(struct uk_block *block)
{
	name = "parts";
	CHECK(!uk_block_read(block, SECTORS - 1, 1, was_read));
	CHECK(!memcmp(was_read, written[SECTORS - 1], SECTOR));
	CHECK(!uk_block_read(block, SECTORS, 0, was_read));
	CHECK(uk_block_read(block, SECTORS, 1, was_read) == -EINVAL);
	CHECK(uk_block_read(block, 1, SECTORS, was_read) == -EINVAL);
	CHECK(uk_block_write(block, 1, UINT64_MAX, was_read) == -EINVAL);
}

static void errors(struct uk_block *block)
{
	name = "errors";
	disk.bad_sector = 100;
	CHECK(uk_block_read(block, 0, SECTORS, was_read) == -EIO);
	CHECK(!disk.in_flight_count);
	CHECK(!uk_block_read(block, 0, 100, was_read));
	CHECK(!uk_block_read(block, 101, SECTORS - 101, was_read));
	disk.bad_sector = SECTORS;
}

static unsigned int done_count;

static void count_done(struct ukd_block_request *request, int status)
{
	(void)request;
	done_count += !status;
}

static void several_in_flight(struct uk_block *block)
{
	struct ukd_block_request request[IN_FLIGHT_MAX + 1];
	struct ukd_block_request *all[IN_FLIGHT_MAX + 1];
	unsigned int i, taken;

	name = "in flight";
	for (i = 0; i <= IN_FLIGHT_MAX; i++) {
		request[i] = (struct ukd_block_request){
			.operation = UKD_BLOCK_READ,
			.sector = i * 10,
			.count = 1,
			.data = was_read[i],
			.done = count_done,
		};
		all[i] = &request[i];
	}
	CHECK(uk_block_submit(block, all, IN_FLIGHT_MAX + 1, &taken) ==
	      -EAGAIN);
	CHECK(taken == IN_FLIGHT_MAX);
	CHECK(!uk_block_finish(block));
	uk_block_wait(block);
	CHECK(uk_block_finish(block) == IN_FLIGHT_MAX);
	CHECK(done_count == IN_FLIGHT_MAX);
	CHECK(!memcmp(was_read[3], written[30], SECTOR));
}

#ifndef CONFIG_APPBLOCKLIB_THREADS
void many_threads(struct uk_block *block)
{
	(void)block;
}
#endif

static void a_disk_that_breaks_down(struct uk_block *block)
{
	name = "dead";
	disk.is_dead = true;
	CHECK(uk_block_read(block, 0, 1, was_read) == -EIO);
	CHECK(uk_block_flush(block) == -EIO);
	uk_block_close(block);
}

static void a_disk_that_is_read_only(void)
{
	struct uk_block *block;

	name = "read-only";
	disk.is_dead = false;
	CHECK(disk_add(true));
	block = uk_block(1);
	CHECK(block && !uk_block_open(block));
	CHECK(uk_block_write(block, 0, 1, written) == -ENOTSUP);
	CHECK(!uk_block_read(block, 0, 1, was_read));
	CHECK(!uk_block_flush(block) && disk.flushes == 1);
	uk_block_close(block);
}

int main(void)
{
	struct uk_block *block;

	name = "open";
	CHECK(!uk_block(0) && disk_add(false));
	block = uk_block(0);
	CHECK(block && uk_block_info(block)->sectors == SECTORS);
	CHECK(!uk_block_open(block));
	CHECK(uk_block_open(block) == -EBUSY);
	whole_disk(block);
	parts(block);
	errors(block);
	several_in_flight(block);
	many_threads(block);
	a_disk_that_breaks_down(block);
	a_disk_that_is_read_only();
	printf("blocklib: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
