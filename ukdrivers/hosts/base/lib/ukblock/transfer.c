/* SPDX-License-Identifier: BSD-3-Clause */
/* Transfers of any size that are waited for, in pieces that the disk takes. */

#include "block.h"

#include <ukd/errno.h>

#include <stddef.h>

/* Pieces of a transfer that are in flight at a time. */
#define PIECES_MAX	8U

struct piece {
	struct ukd_block_request request;
	bool is_in_flight;
	int *result;		/* of the transfer: 0, or its first error */
};

/* What of a transfer isn't submitted yet. */
struct transfer {
	enum ukd_block_operation operation;
	uint64_t sector;
	uint64_t count;
	char *data;
	int result;
	struct piece piece[PIECES_MAX];
};

static void done(struct ukd_block_request *request, int status)
{
	struct piece *piece = request->cookie;

	piece->is_in_flight = false;
	if (status && !*piece->result)
		*piece->result = status;
}

/* @return see uk_block_submit() */
static int submit_piece(struct uk_block *disk, struct transfer *transfer,
			struct piece *piece)
{
	struct ukd_block_request *request = &piece->request;
	uint32_t count = disk->info.sectors_max;
	unsigned int taken;
	int rc;

	if (count > transfer->count)
		count = (uint32_t)transfer->count;
	piece->result = &transfer->result;
	*request = (struct ukd_block_request){
		.operation = transfer->operation,
		.sector = transfer->sector,
		.count = count,
		.data = transfer->data,
		.done = done,
		.cookie = piece,
	};
	piece->is_in_flight = true;
	rc = uk_block_submit(disk, &request, 1, &taken);
	if (!taken) {
		piece->is_in_flight = false;
		return rc;
	}
	transfer->sector += count;
	transfer->count -= count;
	transfer->data += (size_t)count * disk->info.sector_bytes;
	return 0;
}

/* Submit what there is room for. @return whether any piece is in flight */
static bool submit(struct uk_block *disk, struct transfer *transfer)
{
	bool is_any = false, is_full = false;
	unsigned int i;

	for (i = 0; i < PIECES_MAX; i++) {
		struct piece *piece = &transfer->piece[i];

		if (!piece->is_in_flight && transfer->count &&
		    !transfer->result && !is_full) {
			int rc = submit_piece(disk, transfer, piece);

			is_full = rc == -EAGAIN;
			if (rc && !is_full)
				transfer->result = rc;
		}
		is_any |= piece->is_in_flight;
	}
	/* Others may have filled it: then there is something to wait for. */
	return is_any || (is_full && !transfer->result);
}

/* A disk that broke down has called `done` for all that was in flight. */
static int run(struct uk_block *disk, struct transfer *transfer)
{
	while (submit(disk, transfer)) {
		int finished = uk_block_finish(disk);

		if (finished < 0)
			return finished;
		if (!finished)
			uk_block_wait(disk);
	}
	return transfer->result;
}

static int move(struct uk_block *disk, enum ukd_block_operation operation,
		uint64_t sector, uint64_t count, char *data)
{
	struct transfer transfer = {
		.operation = operation,
		.sector = sector,
		.count = count,
		.data = data,
	};

	if (sector > disk->info.sectors || count > disk->info.sectors - sector)
		return -EINVAL;
	return run(disk, &transfer);
}

int uk_block_read(struct uk_block *disk, uint64_t sector, uint64_t count,
		  void *data)
{
	return move(disk, UKD_BLOCK_READ, sector, count, data);
}

int uk_block_write(struct uk_block *disk, uint64_t sector, uint64_t count,
		   const void *data)
{
	if (disk->info.is_read_only)
		return -ENOTSUP;
	return move(disk, UKD_BLOCK_WRITE, sector, count, (char *)(uintptr_t)data);
}

int uk_block_flush(struct uk_block *disk)
{
	struct transfer transfer = { .operation = UKD_BLOCK_FLUSH };
	struct piece *piece = &transfer.piece[0];
	int rc;

	if (!disk->info.can_flush)
		return 0;	/* it keeps nothing back */
	while ((rc = submit_piece(disk, &transfer, piece)) == -EAGAIN) {
		rc = uk_block_finish(disk);
		if (rc < 0)
			return rc;
		if (!rc)
			uk_block_wait(disk);
	}
	return rc ? rc : run(disk, &transfer);
}
