/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests on one disk. The n-th 8 bytes of it hold the number n, plus a seed
 * in the upper 16 bits: whatever is lost, doubled or elsewhere is seen.
 */

#include "work.h"

#include <stddef.h>
#include <uk/alloc.h>

static uint64_t state = 88172645463325252;

/* xorshift64: the same order every time */
static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) % limit);
}

static uint32_t piece_bytes(const struct work *work)
{
	return work->piece_sectors * uk_block_info(work->disk)->sector_bytes;
}

bool work_make(struct work *work, unsigned int slots)
{
	const struct ukd_block_info *info = uk_block_info(work->disk);
	unsigned int i;

	work->piece_sectors = info->sector_bytes < 4096 ?
			      4096 / info->sector_bytes : 1;
	work->pieces = (uint32_t)(info->sectors / work->piece_sectors);
	work->slots = slots < WORK_SLOTS ? slots : WORK_SLOTS;
	work->slot = calloc(work->slots, sizeof(*work->slot));
	work->order = calloc(work->pieces, sizeof(*work->order));
	work->data = memalign(4096, (size_t)work->slots * piece_bytes(work));
	if (!work->slot || !work->order || !work->data)
		return false;
	for (i = 0; i < work->slots; i++) {
		work->slot[i].work = work;
		work->slot[i].request.data =
			work->data + (size_t)i * piece_bytes(work);
	}
	for (i = 0; i < work->pieces; i++)
		work->order[i] = i;
	return true;
}

void work_begin(struct work *work, bool is_write)
{
	uint32_t i;

	for (i = work->pieces; i > 1; i--) {
		uint32_t other = below(i), kept = work->order[other];

		work->order[other] = work->order[i - 1];
		work->order[i - 1] = kept;
	}
	work->is_write = is_write;
	work->next = 0;
	work->finished = 0;
}

static uint64_t first_word(const struct slot *slot)
{
	uint32_t bytes = uk_block_info(slot->work->disk)->sector_bytes;

	return (slot->work->seed << 48) + slot->request.sector * (bytes / 8);
}

static void fill(struct slot *slot)
{
	uint64_t *word = slot->request.data, value = first_word(slot);
	uint32_t count = piece_bytes(slot->work) / 8;

	while (count--)
		*word++ = slot->work->is_write ? value++ : 0;
}

static void compare(struct slot *slot)
{
	const uint64_t *word = slot->request.data;
	uint64_t value = first_word(slot);
	uint32_t count = piece_bytes(slot->work) / 8;

	while (count--)
		slot->work->errors += *word++ != value++;
}

static void done(struct ukd_block_request *request, int status)
{
	struct slot *slot = request->cookie;
	struct work *work = slot->work;

	work->errors += !!status || !slot->is_taken;
	slot->is_taken = false;
	work->in_flight--;
	work->finished++;
	if (!work->is_write)
		compare(slot);
}

static void make(struct work *work, struct slot *slot, uint32_t piece)
{
	struct ukd_block_request *request = &slot->request;

	slot->is_taken = true;
	request->operation = work->is_write ? UKD_BLOCK_WRITE : UKD_BLOCK_READ;
	request->sector = (uint64_t)work->order[piece] * work->piece_sectors;
	request->count = work->piece_sectors;
	request->done = done;
	request->cookie = slot;
	fill(slot);
}

/* As many as there is room for, with one notification. */
static void submit(struct work *work)
{
	struct ukd_block_request *list[WORK_SLOTS];
	unsigned int i, count = 0, taken;
	int rc;

	for (i = 0; i < work->slots; i++) {
		if (work->slot[i].is_taken || work->next + count == work->pieces)
			continue;
		make(work, &work->slot[i], work->next + count);
		list[count++] = &work->slot[i].request;
	}
	if (!count)
		return;
	rc = uk_block_submit(work->disk, list, count, &taken);
	work->errors += rc && (rc != -11 || taken == count);
	work->next += taken;
	work->in_flight += taken;
	if (work->in_flight > work->in_flight_max)
		work->in_flight_max = work->in_flight;
	for (i = taken; i < count; i++)
		((struct slot *)list[i]->cookie)->is_taken = false;
}

bool work_step(struct work *work)
{
	if (uk_block_finish(work->disk) < 0 || work->errors) {
		work->errors++;
		return false;
	}
	submit(work);
	return work->finished < work->pieces;
}
