/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration of a virtio device.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 2.5.
 */

#include "virtio_internal.h"

#include <ukd/errno.h>
#include <ukd/log.h>

/* Limits */

#define CONFIG_TRIES	16U

/*
 * One field by one access, where it has the size of one. VIRTIO 2.5.1.
 *
 * @param is_same cleared when it isn't what `to` had before
 */
static int read_config(const struct ukd_virtio *virtio, unsigned int offset,
		       unsigned char *to, unsigned int size, bool *is_same)
{
	unsigned int step = size % 4 == 0 && offset % 4 == 0 ? 4 :
			    size == 2 && offset % 2 == 0 ? 2 : 1, i;
	unsigned char bytes[4];

	for (; size; size -= step, offset += step, to += step) {
		int rc = virtio->ops->config(virtio->self, offset, bytes, step);

		if (rc)
			return rc;
		for (i = 0; i < step; i++) {
			*is_same &= to[i] == bytes[i];
			to[i] = bytes[i];
		}
	}
	return 0;
}

/* Legacy devices have no generation: read until it reads the same. VIRTIO 2.5.4. */
int ukd_virtio_config(const struct ukd_device *dev, unsigned int offset,
		      void *to, unsigned int size)
{
	struct ukd_virtio *virtio = ukd_virtio_of(dev);
	bool is_legacy = virtio->version == 1;
	unsigned int tries;

	for (tries = 0; tries < CONFIG_TRIES; tries++) {
		uint32_t before = virtio->ops->generation(virtio->self);
		bool is_same = true;
		int rc = read_config(virtio, offset, to, size, &is_same);

		if (rc)
			return rc;
		if (is_legacy ? tries && is_same :
		    virtio->ops->generation(virtio->self) == before)
			return 0;
	}
	if (!virtio->is_restless)
		ukd_err(dev, "configuration: changed in each of %u reads",
			CONFIG_TRIES);
	virtio->is_restless = true;
	return -ETIMEDOUT;
}
