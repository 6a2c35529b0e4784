/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks: what a device says of itself, and whether that can be.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.2.3, 5.2.4.
 */
#ifndef VIRTIO_BLK_INFO_H
#define VIRTIO_BLK_INFO_H

#include "virtio_blk.h"

#include <ukd/block.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/virtio.h>

#include <stdint.h>

/* Of one request, and so of a sector: its length has to fit in 32 bits. */
#define VIRTIO_BLK_BYTES_MAX	0x40000000U

/* A field, or 0 when the device hasn't got it. @return 0, or why not */
static int virtio_blk_read(const struct ukd_device *dev, unsigned int offset,
			   void *to, unsigned int size)
{
	int rc = ukd_virtio_config(dev, offset, to, size);

	if (rc)
		ukd_err(dev, "configuration: no %u bytes at %u (error %d)",
			size, offset, rc);
	return rc;
}

/* What disks are made of is advice: what can't be isn't passed on. */
static int virtio_blk_read_topology(const struct ukd_device *dev,
				    struct ukd_block_info *info)
{
	uint8_t exponent = 0, alignment = 0;
	int rc;

	rc = virtio_blk_read(dev, VIRTIO_BLK_PHYSICAL_EXP, &exponent, 1);
	if (!rc)
		rc = virtio_blk_read(dev, VIRTIO_BLK_ALIGNMENT, &alignment, 1);
	if (rc)
		return rc;

	if (exponent > 31 ||
	    info->sector_bytes > VIRTIO_BLK_BYTES_MAX >> exponent ||
	    alignment >= 1U << exponent) {
		ukd_warn(dev, "topology: blocks of 2^%u sectors from sector %u on, left out",
			 exponent, alignment);
		return 0;
	}
	info->physical_bytes = info->sector_bytes << exponent;
	info->alignment_sectors = alignment;
	return 0;
}

/**
 * Read what the disk is like.
 *
 * @param info filled in, but for requests_max
 *
 * @return 0, -EINVAL for sizes that no disk has, or what the transport returned
 */
static int virtio_blk_read_info(const struct ukd_device *dev, uint64_t features,
				struct ukd_block_info *info)
{
	uint32_t bytes = VIRTIO_BLK_UNIT, most = VIRTIO_BLK_BYTES_MAX;
	uint64_t capacity = 0;
	int rc;

	rc = virtio_blk_read(dev, VIRTIO_BLK_CAPACITY, &capacity, 8);
	if (!rc && virtio_blk_has(features, VIRTIO_BLK_F_BLK_SIZE))
		rc = virtio_blk_read(dev, VIRTIO_BLK_BLK_SIZE, &bytes, 4);
	if (!rc && virtio_blk_has(features, VIRTIO_BLK_F_SIZE_MAX))
		rc = virtio_blk_read(dev, VIRTIO_BLK_SIZE_MAX, &most, 4);
	if (rc)
		return rc;

	if (bytes < VIRTIO_BLK_UNIT || bytes > VIRTIO_BLK_BYTES_MAX ||
	    bytes & (bytes - 1)) {
		ukd_err(dev, "blk_size: is %u, want a power of two from %u to %u",
			bytes, VIRTIO_BLK_UNIT, VIRTIO_BLK_BYTES_MAX);
		return -EINVAL;
	}
	if (most > VIRTIO_BLK_BYTES_MAX)
		most = VIRTIO_BLK_BYTES_MAX;
	if (most < bytes) {
		ukd_err(dev, "size_max: is %u, want a sector of %u at least",
			most, bytes);
		return -EINVAL;
	}
	info->sectors = capacity / (bytes / VIRTIO_BLK_UNIT);
	info->sector_bytes = bytes;
	info->physical_bytes = bytes;
	info->sectors_max = most / bytes;
	info->is_read_only = virtio_blk_has(features, VIRTIO_BLK_F_RO);
	info->can_flush = virtio_blk_has(features, VIRTIO_BLK_F_FLUSH);
	if (virtio_blk_has(features, VIRTIO_BLK_F_TOPOLOGY))
		return virtio_blk_read_topology(dev, info);
	return 0;
}

#endif /* VIRTIO_BLK_INFO_H */
