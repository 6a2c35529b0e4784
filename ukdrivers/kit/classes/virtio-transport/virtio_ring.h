/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A split virtqueue: what is shared with the device, and what is ours.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 2.7.
 */
#ifndef VIRTIO_RING_H
#define VIRTIO_RING_H

#include "virtio_internal.h"

#include <ukd/dma.h>

/* Format, little-endian. VIRTIO 2.7.5, 2.7.6, 2.7.8. */

struct descriptor {
	uint64_t address;
	uint64_t rest;		/* size, flags, next: from bit 0, 32, 48 */
};

#define DESC_FLAGS_SHIFT	32U
#define DESC_NEXT_SHIFT		48U
#define DESC_NEXT		1U
#define DESC_WRITE		2U
#define DESC_INDIRECT		4U

struct available {
	uint16_t flags;
	uint16_t index;
	uint16_t ring[];	/* then used_event */
};

#define AVAIL_NO_INTERRUPT	1U

struct used_entry {
	uint32_t id;
	uint32_t written;
};

struct used {
	uint16_t flags;
	uint16_t index;
	struct used_entry ring[];	/* then avail_event */
};

#define USED_NO_NOTIFY		1U

_Static_assert(sizeof(struct descriptor) == 16, "VIRTIO 2.7.5");
_Static_assert(sizeof(struct used) == 4 && sizeof(struct used_entry) == 8,
	       "VIRTIO 2.7.8");

/* Limits */

#define TABLE_SEGMENTS		4U	/* of an indirect table */

/* What a descriptor stands for, kept where no device writes. */
struct slot {
	void *cookie;		/* of a buffer that the device has, or NULL */
	uint32_t room;		/* bytes that it may write */
	uint16_t next;		/* in the free list, and in a chain */
	uint16_t count;		/* descriptors of the chain */
};

struct ukd_virtq {
	struct descriptor *descriptor;
	struct available *available;
	struct used *used;
	struct slot *slot;
	uint16_t *used_event;	/* ours: when to interrupt */
	const uint16_t *avail_event;	/* the device's: when to notify */
	uint32_t mask;
	uint32_t free_count;
	uint16_t available_next;
	uint16_t published;
	uint16_t used_next;
	uint16_t free_first;
	bool has_event_index;
	bool is_closed;
	uint8_t doorbell_bits;
	uint8_t table_segments;	/* a table is used for up to so many; 0: for none */
	uintptr_t doorbell;

	struct descriptor *table;	/* TABLE_SEGMENTS a descriptor, or NULL */
	uint64_t table_address;
	uint64_t place_address;
	void (*interrupt)(void *arg);	/* NULL: stopped */
	void *interrupt_arg;
	struct ukd_virtio *device;
	struct ukd_virtq *next;
	unsigned int index;
	unsigned int size;
	unsigned int recover_next;
};

static inline size_t table_bytes(unsigned int size)
{
	return (size_t)size * TABLE_SEGMENTS * sizeof(struct descriptor);
}

#endif /* VIRTIO_RING_H */
