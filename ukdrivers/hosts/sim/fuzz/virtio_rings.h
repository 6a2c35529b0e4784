/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of virtio.h: what the device does to its queues. */
#ifndef UKD_FUZZ_VIRTIO_RINGS_H
#define UKD_FUZZ_VIRTIO_RINGS_H

#include "virtio_memory.h"

static uint16_t *fuzz_ring(uint64_t address, unsigned int halfword)
{
	return (uint16_t *)fuzz_memory(address + 2 * halfword, 2);
}

static void fuzz_put_used(unsigned int index, uint32_t id, uint32_t written)
{
	const struct ukd_virtq_place *place = &fuzz_virtio.place[index];
	unsigned int at = fuzz_virtio.used[index]++ & (place->size - 1);

	memcpy(fuzz_ring(place->used, 2 + 4 * at), &id, sizeof(id));
	memcpy(fuzz_ring(place->used, 4 + 4 * at), &written, sizeof(written));
	*fuzz_ring(place->used, 1) = fuzz_virtio.used[index];
}

/* Whatever it is, its last byte too: the status of a disk. */
static void fuzz_write(uint8_t *bytes, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size && i < 16; i++)
		bytes[i] = fuzz_byte();
	if (size > 16)
		bytes[size - 1] = fuzz_byte();
}

/** What the device writes; a target may set one that knows its format. */
static void (*fuzz_virtio_write)(uint8_t *bytes, uint32_t size) = fuzz_write;

/* Fill what a descriptor lets it write to. @return how much that is */
static uint32_t fuzz_fill(const struct descriptor *descriptor)
{
	uint32_t size = (uint32_t)descriptor->rest;
	uint8_t *bytes = fuzz_memory(descriptor->address, size);

	CHECK(bytes || !size || fuzz_virtio.has_scribbled);
	if (!bytes || !(descriptor->rest >> DESC_FLAGS_SHIFT & DESC_WRITE))
		return 0;
	fuzz_virtio_write(bytes, size);
	return size;
}

/* A chain, as long as it makes sense. @return how much there is to write to */
static uint32_t fuzz_follow(const struct ukd_virtq_place *place, uint16_t head)
{
	uint64_t table = place->descriptors;
	unsigned int at = head, left = place->size, end = place->size;
	uint32_t total = 0;

	while (left--) {
		const void *memory = fuzz_memory(table + 16 * at, 16);
		struct descriptor one;
		uint32_t flags;

		CHECK((memory && at < end) || fuzz_virtio.has_scribbled);
		if (!memory || at >= end)
			break;
		memcpy(&one, memory, sizeof(one));
		flags = one.rest >> DESC_FLAGS_SHIFT & 0xffff;
		if (flags & DESC_INDIRECT) {
			CHECK(fuzz_virtio.has_scribbled ||
			      table == place->descriptors);
			table = one.address;
			end = (uint32_t)one.rest / 16;
			at = 0;
			continue;
		}
		total += fuzz_fill(&one);
		if (!(flags & DESC_NEXT))
			break;
		at = one.rest >> DESC_NEXT_SHIFT;
	}
	return total;
}

/* Use the next buffer that it was shown; say more or less of it than is so. */
static void fuzz_use(unsigned int index)
{
	const struct ukd_virtq_place *place = &fuzz_virtio.place[index];
	uint16_t shown = *fuzz_ring(place->available, 1), head;
	uint32_t written;

	if (shown == fuzz_virtio.seen[index])
		return;
	head = *fuzz_ring(place->available,
			  2 + (fuzz_virtio.seen[index]++ & (place->size - 1)));
	CHECK(head < place->size || fuzz_virtio.has_scribbled);
	if (head >= place->size)
		return;
	written = fuzz_follow(place, head);
	switch (fuzz_byte()) {
	case 0xff:
		written = fuzz_word();
		break;
	case 0x80 ... 0xfe:
		written = written ? fuzz_half() % (written + 1) : 0;
	}
	fuzz_put_used(index, head, written);
}

static void fuzz_scribble(void)
{
	unsigned int i = fuzz_byte();
	struct fuzz_piece *piece;
	size_t at;

	if (!fuzz_virtio.piece_count)
		return;
	piece = &fuzz_virtio.piece[i % fuzz_virtio.piece_count];
	at = fuzz_half();
	if (!piece->is_shared || at >= piece->size)
		return;
	fuzz_virtio.has_scribbled = true;
	piece->bytes[at] = fuzz_byte();
}

static void fuzz_interrupt(void)
{
	if (fuzz_byte() & 1)
		ukd_virtio_used(&fuzz_transport);
	else
		ukd_virtio_changed(&fuzz_transport);
}

static void fuzz_act(unsigned int index)
{
	const struct ukd_virtq_place *place = &fuzz_virtio.place[index];

	switch (fuzz_below(10)) {
	case 1:
	case 2:
	case 3:
		fuzz_use(index);
		break;
	case 4:
		fuzz_interrupt();
		break;
	case 5:
		fuzz_put_used(index, fuzz_half(), fuzz_word());
		break;
	case 6:
		*fuzz_ring(place->used, fuzz_byte() & 1) = fuzz_half();
		break;
	case 7:
		*fuzz_ring(place->used, 2 + 4 * place->size) = fuzz_half();
		break;
	case 8:
		fuzz_scribble();
		break;
	case 9:
		fuzz_virtio.status |= fuzz_byte() & STATUS_NEEDS_RESET;
		fuzz_interrupt();
		break;
	}
}

static void fuzz_step_in(void)
{
	unsigned int index, count = 8;

	if (!fuzz_virtio.steps_in || fuzz_virtio.is_busy)
		return;
	fuzz_virtio.is_busy = true;
	/* nothing comes after zeros, and nothing behind the input's end */
	while (count-- && fuzz_has_more() && (index = fuzz_byte() & 7)) {
		index %= FUZZ_QUEUES;
		if (fuzz_virtio.place[index].size)
			fuzz_act(index);
	}
	fuzz_virtio.is_busy = false;
}

#endif /* UKD_FUZZ_VIRTIO_RINGS_H */
