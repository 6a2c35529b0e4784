/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Part of virtio.h: the device's state, and the memory that it and the driver
 * share.
 */
#ifndef UKD_FUZZ_VIRTIO_MEMORY_H
#define UKD_FUZZ_VIRTIO_MEMORY_H

#include <fuzz.h>

#include <../classes/virtio-transport/virtio_config.c>
#include <../classes/virtio-transport/virtio_device.c>
#include <../classes/virtio-transport/virtio_queue.c>
#include <../classes/virtio-transport/virtio_setup.c>

#include <stdlib.h>
#include <string.h>

#define FUZZ_QUEUES	3U
#define FUZZ_PIECES	256U
#define FUZZ_DOORBELL	0x9000UL
#define FUZZ_CONFIG	64U

/* The device addresses memory by what is no pointer. */
#define FUZZ_AWAY	UINT64_C(0x100000000000)

/* Memory that was given out */
struct fuzz_piece {
	uint8_t *bytes;
	size_t size;
	bool is_shared;
	bool is_lasting;	/* the target's, for all of its runs */
};

static struct {
	uint64_t offered;
	uint8_t config[FUZZ_CONFIG];
	uint32_t config_size;
	uint32_t limit[FUZZ_QUEUES];
	uint8_t status;
	struct ukd_virtq_place place[FUZZ_QUEUES];
	uint16_t seen[FUZZ_QUEUES];	/* of the available ring */
	uint16_t used[FUZZ_QUEUES];
	bool has_scribbled;	/* descriptors may lead anywhere */
	bool steps_in;		/* from the start of the test on */
	bool is_busy;		/* it doesn't step in amid its own doing */
	unsigned int fail_at;	/* n-th allocation; 0: none */
	struct fuzz_piece piece[FUZZ_PIECES];
	unsigned int piece_count;
} fuzz_virtio;

static struct ukd_device fuzz_transport = { .path = "/virtio" };
static struct ukd_device fuzz_found;	/* the device, for its driver's probe */

/* Memory */

static void *fuzz_take_memory(size_t size, size_t align, bool is_shared)
{
	struct fuzz_piece *piece = &fuzz_virtio.piece[fuzz_virtio.piece_count];
	void *memory;

	if (fuzz_virtio.fail_at && !--fuzz_virtio.fail_at)
		return NULL;
	CHECK(fuzz_virtio.piece_count < FUZZ_PIECES);
	CHECK(!posix_memalign(&memory, align, size));
	fuzz_virtio.piece_count++;
	*piece = (struct fuzz_piece){ memory, size, is_shared, false };
	return memset(memory, 0, size);
}

static void fuzz_give_memory(void *memory, bool is_shared)
{
	unsigned int i = 0;

	while (i < fuzz_virtio.piece_count &&
	       fuzz_virtio.piece[i].bytes != memory)
		i++;
	CHECK(i < fuzz_virtio.piece_count);
	CHECK(fuzz_virtio.piece[i].is_shared == is_shared);
	free(memory);
	fuzz_virtio.piece[i] = fuzz_virtio.piece[--fuzz_virtio.piece_count];
}

void *ukd_alloc(size_t size)
{
	return fuzz_take_memory(size, 16, false);
}

void ukd_free(void *memory)
{
	if (memory)
		fuzz_give_memory(memory, false);
}

void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address)
{
	void *memory = fuzz_take_memory(size, align < 8 ? 8 : align, true);

	(void)dev;
	CHECK(align && align <= 4096 && !(align & (align - 1)));
	*address = (uintptr_t)memory + FUZZ_AWAY;
	return memory;
}

void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size)
{
	(void)dev;
	(void)size;
	fuzz_give_memory(memory, true);
}

/* Where a device gets to; NULL where it was given nothing. */
static uint8_t *fuzz_memory(uint64_t address, uint32_t size)
{
	uintptr_t at = (uintptr_t)(address - FUZZ_AWAY);
	unsigned int i;

	for (i = 0; i < fuzz_virtio.piece_count; i++) {
		const struct fuzz_piece *piece = &fuzz_virtio.piece[i];
		uintptr_t first = (uintptr_t)piece->bytes;

		if (piece->is_shared && at >= first && size <= piece->size &&
		    at - first <= piece->size - size)
			return (uint8_t *)at;
	}
	return NULL;
}

/* The core */

bool ukd_has_driver(const char *compatible)
{
	(void)compatible;
	return true;
}

int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *found, const char *name,
		   const char *compatible, size_t size)
{
	(void)parent;
	(void)name;
	(void)compatible;
	(void)size;
	fuzz_found = *found;
	fuzz_found.path = "/virtio/device";
	return 0;
}

#endif /* UKD_FUZZ_VIRTIO_MEMORY_H */
