/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio disks and entropy sources, for an application that checks their
 * transport: each is kept as it is found. The application asks the function
 * that stands in the match table.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.
 */

#include <ukd/driver.h>
#include <ukd/errno.h>

#include <stddef.h>

#define EACH_MAX	8U

struct kind {
	const struct ukd_device *dev[EACH_MAX];
	unsigned int count;
};

static struct kind disks, sources;

static const struct ukd_device *disk(unsigned int index)
{
	return index < disks.count ? disks.dev[index] : NULL;
}

static const struct ukd_device *source(unsigned int index)
{
	return index < sources.count ? sources.dev[index] : NULL;
}

static int virtio_probe_probe(const struct ukd_device *dev,
			      const void *variant)
{
	struct kind *kind = variant == (const void *)(uintptr_t)disk ? &disks :
								       &sources;

	if (kind->count == EACH_MAX)
		return -ENOMEM;
	kind->dev[kind->count++] = dev;
	return 0;
}

static const struct ukd_match virtio_probe_match[] = {
	{ .compatible = "virtio,device2", .variant = disk },
	{ .compatible = "virtio,device4", .variant = source },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_virtio_probe;
const struct ukd_driver ukd_driver_virtio_probe = {
	.name = "virtio-probe",
	.class = UKD_CLASS_BLOCK,
	.match = virtio_probe_match,
	.probe = virtio_probe_probe,
};
