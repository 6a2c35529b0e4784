/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues of every size, several of them, and what goes through. */

#include "virtio_check.h"

#include <string.h>
#include <uk/alloc.h>
#include <ukd/errno.h>
#include <ukd/memory.h>

#define PIECE		16U	/* bytes of entropy a buffer */

/* The whole queue in, and all of it back: each once, and written to. */
static void fill_and_empty(unsigned int size, uint8_t *data, uint64_t address,
			   bool *is_back)
{
	static const uint8_t zeros[PIECE];
	uint32_t written = 0;
	unsigned int i;
	uint8_t *piece;

	memset(data, 0, size * PIECE);
	memset(is_back, 0, size * sizeof(*is_back));
	for (i = 0; i < size; i++) {
		struct ukd_segment segment = { address + i * PIECE, PIECE };

		WANT(ukd_virtq_room(source.queue), size - i);
		WANT(ukd_virtq_add(source.queue, &segment, 0, 1,
				   data + i * PIECE), 0);
	}
	WANT(ukd_virtq_room(source.queue), 0);
	ukd_virtq_publish(source.queue);
	for (i = 0; i < size; i++) {
		piece = port_take(source.queue, &written);
		if (!CHECK(piece))
			return;
		CHECK(written && written <= PIECE);
		CHECK(!is_back[(piece - data) / PIECE]);
		is_back[(piece - data) / PIECE] = true;
		CHECK(written < 8 || memcmp(piece, zeros, written));
	}
}

void check_queue_sizes(void)
{
	uint64_t address;
	uint8_t *data = ukd_dma_alloc(source.dev, QUEUE_MAX * PIECE, 64,
				      &address);
	bool *is_back = calloc(QUEUE_MAX, sizeof(*is_back));
	unsigned int limit, size = 0, round;

	for (limit = 1; limit <= QUEUE_MAX; limit *= 2) {
		if (!CHECK(!port_start(&source, limit)))
			break;
		if (limit > 1 && ukd_virtq_size(source.queue) == size)
			break;	/* it has no larger one */
		size = ukd_virtq_size(source.queue);
		WANT(size, limit);
		for (round = 0; round < 3; round++)
			fill_and_empty(size, data, address, is_back);
		ukd_virtio_stop(source.dev);
	}
	CHECK(size >= 8);
	ukd_virtio_stop(source.dev);
	ukd_dma_free(source.dev, data, QUEUE_MAX * PIECE);
	free(is_back);
}

void check_no_queue(void)
{
	struct ukd_virtq *queue;
	uint64_t agreed;

	WANT(ukd_virtio_start(source.dev, 0, &agreed), 0);
	WANT(ukd_virtio_queue(source.dev, 1, 8, NULL, NULL, &queue), -ENODEV);
	WANT(ukd_virtio_queue(source.dev, 900, 8, NULL, NULL, &queue),
	     -ENODEV);
	ukd_virtio_stop(source.dev);
}

static void ignore(void *arg)
{
	(void)arg;
}

/* What is put into one comes back from it, and from no other. */
static void use_each(struct port *disk, struct ukd_virtq *const *queue,
		     struct request *request, uint64_t address)
{
	unsigned int i, other;
	uint32_t written;

	for (i = QUEUES; i-- > 0;) {
		WANT(request_put(queue[i], request, address, false, 8 * i, 1),
		     0);
		CHECK(port_take(queue[i], &written) == request);
		CHECK(is_sector(request->data, 8 * i, 1));
		for (other = 0; other < QUEUES; other++)
			CHECK(!ukd_virtq_take(queue[other], &written));
	}
	ukd_virtio_stop(disk->dev);
}

void check_several_queues(void)
{
	struct port *disk = &disks[disk_count - 1];
	struct ukd_virtq *queue[QUEUES];
	struct request *request;
	uint64_t address;
	unsigned int i;

	WANT(ukd_virtio_start(disk->dev, 0, &disk->agreed), 0);
	for (i = 0; i < QUEUES; i++) {
		if (!CHECK(!ukd_virtio_queue(disk->dev, i, 8, ignore, NULL,
					     &queue[i])))
			return;
	}
	WANT(ukd_virtio_go(disk->dev), 0);
	request = request_make(disk, &address);
	use_each(disk, queue, request, address);
	request_free(disk, request);
}

/* In pieces too, in and out, on each disk; and the last sector. */
static void move(struct port *disk)
{
	uint64_t address, sector;
	struct request *request = request_make(disk, &address);
	unsigned int pieces;

	WANT(port_start(disk, 64), 0);
	for (sector = 0; sector < 200; sector++) {
		pieces = 1 + sector % 4;
		memset(request->data, 0, sizeof(request->data));
		if (!CHECK(request_do(disk, request, address, false, sector,
				      pieces)))
			break;
		CHECK(is_sector(request->data, sector, pieces > 1 ? 4 : 1));
	}
	/* one is written elsewhere, and read there */
	CHECK(request_do(disk, request, address, false, 8, 4));
	request->data[0] ^= 0x80;
	CHECK(request_do(disk, request, address, true, 300, 4));
	memset(request->data, 0, sizeof(request->data));
	CHECK(request_do(disk, request, address, false, 300, 4));
	request->data[0] ^= 0x80;
	CHECK(is_sector(request->data, 8, 4));
	CHECK(request_do(disk, request, address, true, 8, 4));
	ukd_virtio_stop(disk->dev);
	request_free(disk, request);
}

void check_data(void)
{
	unsigned int i;

	for (i = 0; i < disk_count; i++)
		move(&disks[i]);
}
