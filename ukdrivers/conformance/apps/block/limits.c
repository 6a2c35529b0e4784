/* SPDX-License-Identifier: BSD-3-Clause */
/* What a disk says of itself, and what it has to refuse. */

#include "checks.h"

#include "../common/check.h"

#include <uk/alloc.h>
#include <ukd/errno.h>

static bool is_power_of_two(uint32_t value)
{
	return value && !(value & (value - 1));
}

void check_limits(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);

	CHECK(is_power_of_two(info->sector_bytes) && info->sector_bytes >= 512);
	CHECK(is_power_of_two(info->physical_bytes));
	CHECK(info->physical_bytes >= info->sector_bytes);
	CHECK(info->alignment_sectors <
	      info->physical_bytes / info->sector_bytes);
	CHECK(info->sectors && info->sectors_max && info->requests_max);
}

/* Refused: not taken, and `done` is never called. */
static void check_refused(struct uk_block *disk,
			  enum ukd_block_operation operation, uint64_t sector,
			  uint32_t count, int wanted)
{
	char *data = memalign(4096, uk_block_info(disk)->sector_bytes);
	struct ask ask = ask_for(operation, sector, count, data);

	WANT(ask_one(disk, &ask), wanted);
	WANT(uk_block_finish(disk), 0);
	WANT(ask.calls, 0);
	free(data);
}

void check_refusals(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	const enum ukd_block_operation operation[] = {
		UKD_BLOCK_READ, UKD_BLOCK_WRITE,
	};
	const struct {
		uint64_t sector;
		uint32_t count;
	} range[] = {
		{ info->sectors, 1 },
		{ info->sectors - 1, 2 },
		{ info->sectors + 1, 1 },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX, 2 },
		{ UINT64_MAX - 1, 2 },
		{ UINT64_C(1) << 55, 1 },	/* in bytes, 0 */
		{ 0, 0 },
		{ 0, info->sectors_max + 1 },
	};
	unsigned int i, kind, kinds = info->is_read_only ? 1 : 2;

	for (kind = 0; kind < kinds; kind++) {
		for (i = 0; i < sizeof(range) / sizeof(*range); i++)
			check_refused(disk, operation[kind], range[i].sector,
				      range[i].count, -EINVAL);
	}
}

/* What stands before the one that is refused is done, nothing after it is. */
void check_part_of_a_list(struct uk_block *disk)
{
	const struct ukd_block_info *info = uk_block_info(disk);
	char *data = memalign(4096, 3 * (size_t)info->sector_bytes);
	struct ask ask[3];
	struct ukd_block_request *list[3];
	unsigned int i, taken = 9;

	for (i = 0; i < 3; i++) {
		ask[i] = ask_for(UKD_BLOCK_READ, i == 1 ? info->sectors : i, 1,
				 data + (size_t)i * info->sector_bytes);
		list[i] = &ask[i].request;
		list[i]->cookie = &ask[i];
	}
	WANT(uk_block_submit(disk, list, 3, &taken), -EINVAL);
	WANT(taken, 1);
	CHECK(ask_finish(disk, 1));
	CHECK(ask_ended(&ask[0], 0));
	WANT(ask[1].calls + ask[2].calls, 0);
	WANT(uk_block_submit(disk, list, 0, &taken), 0);
	WANT(taken, 0);
	free(data);
}

/* One that can be written is. */
void check_read_only(struct uk_block *disk)
{
	char *data;

	if (uk_block_info(disk)->is_read_only) {
		check_refused(disk, UKD_BLOCK_WRITE, 0, 1, -ENOTSUP);
		return;
	}
	data = memalign(4096, uk_block_info(disk)->sector_bytes);
	WANT(ask_and_wait(disk, UKD_BLOCK_READ, 0, 1, data), 0);
	WANT(ask_and_wait(disk, UKD_BLOCK_WRITE, 0, 1, data), 0);
	free(data);
}
