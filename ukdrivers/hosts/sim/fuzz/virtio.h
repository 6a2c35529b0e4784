/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio device that does what the input says, behind the kit's own queues:
 * it steps in at each barrier and each notification, uses buffers as it should
 * or as it likes, and writes into what it shares with the driver.
 *
 * Of what it is not accused: writing to memory that it was never given, or
 * after its reset. Nothing a driver does could keep it from that.
 *
 * A target includes this before its driver; what is here, the kit's part too,
 * is in it then.
 */
#ifndef UKD_FUZZ_VIRTIO_H
#define UKD_FUZZ_VIRTIO_H

/* Barriers, in place of <ukd/barrier.h> */
#define UKD_BARRIER_H

static void fuzz_step_in(void);

static inline void ukd_mb(void)		{ fuzz_step_in(); }
static inline void ukd_rmb(void)	{ fuzz_step_in(); }
static inline void ukd_wmb(void)	{ fuzz_step_in(); }
static inline void ukd_dma_mb(void)	{ fuzz_step_in(); }
static inline void ukd_dma_rmb(void)	{ fuzz_step_in(); }
static inline void ukd_dma_wmb(void)	{ fuzz_step_in(); }
static inline void ukd_isb(void)	{ }

#include "virtio_rings.h"

/* The transport */

static uint64_t fuzz_features(void *self)
{
	(void)self;
	return fuzz_is(4) ? fuzz_long() : fuzz_virtio.offered;
}

static void fuzz_set_features(void *self, uint64_t features)
{
	(void)self;
	(void)features;
}

static uint8_t fuzz_status(void *self)
{
	(void)self;
	return fuzz_is(8) ? fuzz_byte() : fuzz_virtio.status;
}

static void fuzz_set_status(void *self, uint8_t status)
{
	(void)self;
	fuzz_virtio.status = status;
	if (status)
		return;
	memset(fuzz_virtio.place, 0, sizeof(fuzz_virtio.place));
	memset(fuzz_virtio.seen, 0, sizeof(fuzz_virtio.seen));
	memset(fuzz_virtio.used, 0, sizeof(fuzz_virtio.used));
}

static uint32_t fuzz_generation(void *self)
{
	(void)self;
	return fuzz_is(8) ? fuzz_byte() : 0;
}

static int fuzz_config(void *self, unsigned int offset, void *to,
		       unsigned int bytes)
{
	(void)self;
	CHECK(bytes == 1 || bytes == 2 || bytes == 4);
	CHECK(offset % bytes == 0);
	if (offset + bytes > fuzz_virtio.config_size)
		return -ERANGE;
	if (fuzz_is(8))
		fuzz_virtio.config[offset] = fuzz_byte();
	memcpy(to, fuzz_virtio.config + offset, bytes);
	return 0;
}

static uint32_t fuzz_queue_limit(void *self, unsigned int index)
{
	(void)self;
	if (fuzz_is(4))
		return fuzz_word();
	return index < FUZZ_QUEUES ? fuzz_virtio.limit[index] : 0;
}

static int fuzz_queue(void *self, unsigned int index,
		      const struct ukd_virtq_place *place,
		      uintptr_t *doorbell, unsigned int *bits)
{
	unsigned int size = place->size;

	(void)self;
	CHECK(size && !(size & (size - 1)));
	CHECK(fuzz_memory(place->descriptors, 16 * size));
	CHECK(fuzz_memory(place->available, 2 * size + 6));
	CHECK(fuzz_memory(place->used, 8 * size + 6));
	if (fuzz_is(4))
		return -EINVAL;
	*doorbell = FUZZ_DOORBELL + 4 * index;
	*bits = fuzz_byte() & 1 ? 16 : 32;
	if (index < FUZZ_QUEUES)
		fuzz_virtio.place[index] = *place;
	return 0;
}

static const struct ukd_virtio_ops fuzz_virtio_ops = {
	.features = fuzz_features,
	.set_features = fuzz_set_features,
	.status = fuzz_status,
	.set_status = fuzz_set_status,
	.generation = fuzz_generation,
	.config = fuzz_config,
	.queue_limit = fuzz_queue_limit,
	.queue = fuzz_queue,
};

static uint64_t fuzz_on_doorbell(uintptr_t address, unsigned int bytes,
				 uint64_t value)
{
	CHECK(value == (address - FUZZ_DOORBELL) / 4 && (bytes | 6) == 6);
	fake_write_count = 0;
	fuzz_step_in();
	return 0;
}

/* For targets */

/** In fuzz_init(). */
static inline void fuzz_virtio_init(void)
{
	fake_map(FUZZ_DOORBELL, 0x40);
}

/**
 * Make a device of what the input says, and add it to the kit: `fuzz_found`.
 *
 * @param features that are of interest, besides the ring's
 */
static inline void fuzz_virtio_new(uint64_t features)
{
	unsigned int i;

	memset(&fuzz_virtio, 0, sizeof(fuzz_virtio));
	fake_on_write = fuzz_on_doorbell;
	fuzz_virtio.offered = UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1) | features;
	if (fuzz_byte() & 1)
		fuzz_virtio.offered = fuzz_long();
	for (i = 0; i < FUZZ_QUEUES; i++)
		fuzz_virtio.limit[i] = 1U << (fuzz_byte() & 7);
	fuzz_virtio.config_size = FUZZ_CONFIG;
	if (fuzz_is(16))
		fuzz_virtio.config_size = fuzz_below(FUZZ_CONFIG);
	for (i = 0; i < 28; i++)
		fuzz_virtio.config[i] = fuzz_byte();
	CHECK(!ukd_virtio_add(&fuzz_transport, &fuzz_virtio_ops, NULL, 1,
			      1 + (fuzz_byte() & 1)));
	if (fuzz_is(32))
		fuzz_virtio.fail_at = 1 + fuzz_below(12);
	fuzz_virtio.steps_in = true;
}

/** Let the device get to memory of the target's. @return its address */
static inline uint64_t fuzz_virtio_share(void *memory, size_t size)
{
	CHECK(fuzz_virtio.piece_count < FUZZ_PIECES);
	fuzz_virtio.piece[fuzz_virtio.piece_count++] =
		(struct fuzz_piece){ memory, size, true, true };
	return (uintptr_t)memory + FUZZ_AWAY;
}

/** Allocations that are the kit's: the device, and its queues, kept for ever */
static inline unsigned int fuzz_virtio_kept(void)
{
	const struct ukd_virtq *queue;
	unsigned int count = 1;

	for (queue = devices->queues; queue; queue = queue->next)
		count += queue->table ? 4 : 3;
	return count;
}

/** Forget the device, and free what is left of its memory. */
static inline void fuzz_virtio_end(void)
{
	fuzz_virtio.steps_in = false;
	devices = NULL;
	while (fuzz_virtio.piece_count) {
		struct fuzz_piece *piece =
			&fuzz_virtio.piece[--fuzz_virtio.piece_count];

		if (!piece->is_lasting)
			free(piece->bytes);
	}
}

#endif /* UKD_FUZZ_VIRTIO_H */
