/* SPDX-License-Identifier: BSD-3-Clause */
/* Class block: sectors in and out. */
#ifndef UKD_BLOCK_H
#define UKD_BLOCK_H

#include <ukd/driver.h>

#include <stdbool.h>

enum ukd_block_operation {
	UKD_BLOCK_READ,
	UKD_BLOCK_WRITE,
	UKD_BLOCK_FLUSH
};

struct ukd_block_info {
	uint64_t sectors;
	uint32_t sector_bytes;		/* 512 or a larger power of two */
	uint32_t physical_bytes;	/* best unit of transfer */
	uint32_t alignment_sectors;	/* first one that is aligned to it */
	uint32_t sectors_max;		/* of one request */
	uint16_t requests_max;		/* in flight */
	bool is_read_only;
	bool can_flush;
};

/* Owned by the host; the driver's from submit() to the call of `done`. */
struct ukd_block_request {
	enum ukd_block_operation operation;
	uint64_t sector;
	uint32_t count;		/* sectors, 1 to sectors_max; not of a flush */
	void *data;		/* at a multiple of 4 bytes */
	uint64_t address;	/* of it, as the device addresses memory */
	/** @param status 0, -EIO, -ENOTSUP */
	void (*done)(struct ukd_block_request *request, int status);
	void *cookie;		/* the host's */
};

struct ukd_block_ops {
	int (*start)(void *self, void (*wake)(void *host), void *host);
	/**
	 * Submit requests, with one notification.
	 *
	 * @param taken set to how many were, from the first; `done` is never
	 *              called for the others
	 *
	 * @return 0: all were; or why the next one wasn't: -EAGAIN, as many as
	 *         can be are in flight; -EINVAL, out of range; -ENOTSUP, a
	 *         write to a read-only disk, or a flush of one that has none;
	 *         -EIO
	 */
	int (*submit)(void *self, struct ukd_block_request *const *request,
		      unsigned int count, unsigned int *taken);
	/**
	 * Call `done` of what is finished, once each.
	 *
	 * @return how many; -EIO from a disk that broke down, after `done` of
	 *         all that was in flight
	 */
	int (*finish)(void *self);
	/** As of a network device. */
	bool (*set_interrupt)(void *self, bool is_on);
	/** End; `done` of what is in flight is called. start() again works. */
	void (*stop)(void *self);
};

/** Hand a disk to the host. @return 0, or -ENOMEM: it takes no further one */
int ukd_block_add(const struct ukd_device *dev, const struct ukd_block_ops *ops,
		  void *self, const struct ukd_block_info *info);

#endif /* UKD_BLOCK_H */
