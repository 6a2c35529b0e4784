/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks: features, configuration and requests. Facts only: no state, no
 * functions.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.2.
 */
#ifndef VIRTIO_BLK_REGS_H
#define VIRTIO_BLK_REGS_H

#include <stddef.h>
#include <stdint.h>

/* Features, by their bit. VIRTIO 5.2.3. */
#define VIRTIO_BLK_F_SIZE_MAX	1
#define VIRTIO_BLK_F_RO		5
#define VIRTIO_BLK_F_BLK_SIZE	6
#define VIRTIO_BLK_F_FLUSH	9
#define VIRTIO_BLK_F_TOPOLOGY	10

/* Configuration. VIRTIO 5.2.4. */
#define VIRTIO_BLK_CAPACITY	0	/* 64 bit; in units of 512 bytes */
#define VIRTIO_BLK_SIZE_MAX	8	/* 32 bit; of a segment */
#define VIRTIO_BLK_BLK_SIZE	20	/* 32 bit */
#define VIRTIO_BLK_PHYSICAL_EXP	24	/* 8 bit; log2 of sectors */
#define VIRTIO_BLK_ALIGNMENT	25	/* 8 bit; in sectors */

/* The unit of capacity and of a request's `sector`, whatever blk_size is. */
#define VIRTIO_BLK_UNIT		512U
#define VIRTIO_BLK_UNIT_SHIFT	9U

/* A request: this, data, and one byte of status. VIRTIO 5.2.6. */
struct virtio_blk_header {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

#define VIRTIO_BLK_T_IN		0
#define VIRTIO_BLK_T_OUT	1
#define VIRTIO_BLK_T_FLUSH	4

#define VIRTIO_BLK_S_OK		0
#define VIRTIO_BLK_S_IOERR	1
#define VIRTIO_BLK_S_UNSUPP	2

_Static_assert(sizeof(struct virtio_blk_header) == 16, "as the device reads it");
/* The compiler's own, because a C library's may be no constant. */
_Static_assert(__builtin_offsetof(struct virtio_blk_header, sector) == 8, "the same");
_Static_assert(VIRTIO_BLK_UNIT == 1U << VIRTIO_BLK_UNIT_SHIFT, "the same");

#endif /* VIRTIO_BLK_REGS_H */
