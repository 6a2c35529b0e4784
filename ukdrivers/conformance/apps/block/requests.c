/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests that a disk takes: as many as it says, of any size, each done once. */

#include "checks.h"

#include "../common/check.h"

#include <string.h>
#include <uk/alloc.h>
#include <ukd/errno.h>

#define BYTES_MAX	(UINT32_C(1) << 20)	/* of one request here */
#define GUARD		64U
#define FILLING		0x5a
#define WAITS		100U
#define STOPS		3U

/* Requests */

static bool is_finishing;

static void done(struct ukd_block_request *request, int status)
{
	struct ask *ask = request->cookie;

	ask->calls++;
	ask->status = status;
	ask->is_early |= !is_finishing;
}

struct ask ask_for(enum ukd_block_operation operation, uint64_t sector,
		   uint32_t count, void *data)
{
	return (struct ask){
		.request = {
			.operation = operation,
			.sector = sector,
			.count = count,
			.data = data,
			.done = done,
		},
	};
}

int ask_one(struct uk_block *disk, struct ask *ask)
{
	struct ukd_block_request *request = &ask->request;
	unsigned int taken = 9;
	int rc;

	request->cookie = ask;
	rc = uk_block_submit(disk, &request, 1, &taken);
	return taken == !rc ? rc : -1;
}

static int finish(struct uk_block *disk)
{
	int rc;

	is_finishing = true;
	rc = uk_block_finish(disk);
	is_finishing = false;
	return rc;
}

bool ask_finish(struct uk_block *disk, unsigned int count)
{
	while (count) {
		int rc = finish(disk);

		if (rc < 0 || (unsigned int)rc > count)
			return false;
		count -= (unsigned int)rc;
		if (!rc)
			uk_block_wait(disk);
	}
	return true;
}

bool ask_ended(const struct ask *ask, int status)
{
	return ask->calls == 1 && ask->status == status && !ask->is_early;
}

int ask_and_wait(struct uk_block *disk, enum ukd_block_operation operation,
		 uint64_t sector, uint32_t count, void *data)
{
	struct ask ask = ask_for(operation, sector, count, data);
	int rc = ask_one(disk, &ask);

	if (rc)
		return rc;
	if (!ask_finish(disk, 1) || ask.calls != 1 || ask.is_early)
		return -1;
	return ask.status;
}

/* As many as can be */

/* Submit one more than it takes. @return how many it took */
static unsigned int fill_up(struct uk_block *disk, struct ask *ask, char *data)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	unsigned int count = 0;
	int rc = 0;

	for (; count <= info->requests_max; count++) {
		ask[count] = ask_for(UKD_BLOCK_READ, count % info->sectors, 1,
				     data);
		rc = ask_one(disk, &ask[count]);
		if (rc)
			break;
	}
	WANT(rc, -EAGAIN);
	return count;
}

/* Read twice, so that all of the room is had again. */
void check_full(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	struct ask *ask = calloc(info->requests_max + 1U, sizeof(*ask));
	char *data = memalign(4096, info->sector_bytes);
	unsigned int i, round, count, once;

	for (round = 0; round < 2; round++) {
		count = fill_up(disk, ask, data);
		WANT(count, info->requests_max);
		CHECK(ask_finish(disk, count));
		for (i = once = 0; i < count; i++)
			once += ask_ended(&ask[i], 0);
		WANT(once, count);
		WANT(finish(disk), 0);
	}
	free(data);
	free(ask);
}

/* One at a time, and nothing is looked at before it was waited for. */
void check_interrupts(struct uk_block *disk)
{
	char *data = memalign(4096, uk_block_info(disk)->sector_bytes);
	unsigned int i, late = 0;

	for (i = 0; i < WAITS; i++) {
		struct ask ask = ask_for(UKD_BLOCK_READ, 0, 1, data);

		WANT(ask_one(disk, &ask), 0);
		uk_block_wait(disk);
		late += finish(disk) != 1;	/* may return early */
		CHECK(ask.calls || ask_finish(disk, 1));
		CHECK(ask_ended(&ask, 0));
	}
	CHECK(late < WAITS / 2);
	free(data);
}

/* Data */

static char byte_of(uint64_t sector, uint32_t place, unsigned int seed)
{
	return (char)(sector * 31 + place * 7 + place / 509 + seed * 101);
}

static uint32_t count_wrong(const char *data, uint64_t sector, uint32_t bytes,
			    unsigned int seed)
{
	uint32_t i, wrong = 0;

	for (i = 0; i < bytes; i++)
		wrong += data[i] != byte_of(sector, i, seed);
	return wrong;
}

static uint32_t count_other(const char *data, uint32_t bytes, char wanted)
{
	uint32_t wrong = 0;

	while (bytes)
		wrong += data[--bytes] != wanted;
	return wrong;
}

/*
 * Write (if it can be), spoil, and read; what is beside the data stays as it
 * is.
 */
static void move(struct uk_block *disk, uint64_t sector, uint32_t count,
		 char *data, unsigned int seed)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	uint32_t i, bytes = count * info->sector_bytes;

	memset(data - GUARD, FILLING, bytes + 2 * GUARD);
	if (!info->is_read_only) {
		for (i = 0; i < bytes; i++)
			data[i] = byte_of(sector, i, seed);
		WANT(ask_and_wait(disk, UKD_BLOCK_WRITE, sector, count, data),
		     0);
		WANT(count_wrong(data, sector, bytes, seed), 0);
		memset(data, 0, bytes);
	}
	WANT(ask_and_wait(disk, UKD_BLOCK_READ, sector, count, data), 0);
	if (!info->is_read_only)
		WANT(count_wrong(data, sector, bytes, seed), 0);
	WANT(count_other(data - GUARD, GUARD, FILLING), 0);
	WANT(count_other(data + bytes, GUARD, FILLING), 0);
}

void check_sizes(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	uint32_t most = BYTES_MAX / info->sector_bytes, count, seed = 1;
	char *data = memalign(4096, BYTES_MAX + 2 * 4096);

	if (most > info->sectors_max)
		most = info->sectors_max;
	if (most > info->sectors)
		most = (uint32_t)info->sectors;
	for (count = 1; count <= most; count += count < 9 ? 1 : count / 3) {
		move(disk, 0, count, data + 4096, seed++);
		move(disk, info->sectors - count, count, data + 4096, seed++);
	}
	move(disk, 0, most, data + 4096, seed);
	free(data);
}

void check_alignments(struct uk_block *disk)
{
	const uint32_t bytes = uk_block_info(disk)->sector_bytes;
	char *data = memalign(4096, 3 * 4096 + 2 * (size_t)bytes);
	unsigned int offset, count = uk_block_info(disk)->sectors_max > 1 ? 2 : 1;

	for (offset = GUARD; offset < 2 * GUARD; offset += 4)
		move(disk, 0, count, data + offset, offset);
	for (offset = 4096 - 12; offset < 4096 + 12; offset += 4)
		move(disk, 1, 1, data + offset, offset);
	free(data);
}

void check_neighbours(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	const uint32_t bytes = info->sector_bytes;
	char *data = memalign(4096, 3 * (size_t)bytes + 2 * GUARD) + GUARD;
	unsigned int i;

	for (i = 0; i < 3; i++)
		move(disk, 3 + i, 1, data, 10 + i);
	move(disk, 4, 1, data, 20);
	for (i = 0; i < 3; i++) {
		WANT(ask_and_wait(disk, UKD_BLOCK_READ, 3 + i, 1, data), 0);
		if (!info->is_read_only)
			WANT(count_wrong(data, 3 + i, bytes,
					 i == 1 ? 20 : 10 + i), 0);
	}
	free(data - GUARD);
}

void check_flush(struct uk_block *disk)
{
	bool can = uk_block_info(disk)->can_flush;

	WANT(ask_and_wait(disk, UKD_BLOCK_FLUSH, 0, 0, NULL),
	     can ? 0 : -ENOTSUP);
}

/* What is in flight ends, nothing is done later, and it goes on with a start. */
void check_stop(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	struct ask *ask = calloc(info->requests_max + 1U, sizeof(*ask));
	char *data = memalign(4096, info->sector_bytes);
	struct uk_alloc_stats before = uk_alloc_stats();
	unsigned int i, round, count, ended;

	for (round = 0; round < STOPS; round++) {
		count = fill_up(disk, ask, data);
		uk_block_close(disk);
		for (i = ended = 0; i < count; i++)
			ended += ask[i].calls == 1 &&
				 (ask[i].status == -EIO || !ask[i].status);
		WANT(ended, count);
		WANT(uk_block_open(disk), 0);
		WANT(ask_and_wait(disk, UKD_BLOCK_READ, 0, 1, data), 0);
		for (i = 0; i < count; i++)
			WANT(ask[i].calls, 1);
	}
	WANT(uk_alloc_stats().used_bytes, before.used_bytes);
	free(data);
	free(ask);
}
