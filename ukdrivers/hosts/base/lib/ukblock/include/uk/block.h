/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Disks, for applications and file systems: sectors in and out, without a copy.
 *
 * uk_block_read(), _write() and _flush() wait until they are done; meanwhile
 * other threads run, and may use the same disk. Whoever wants several requests
 * in flight submits them, and is called for each that is done. Nothing here may
 * be called from an interrupt handler, nor from `done`.
 */
#ifndef UK_BLOCK_H
#define UK_BLOCK_H

#include <ukd/block.h>

struct uk_block;

/** @return a disk in the order in which they were found, from 0, or NULL */
struct uk_block *uk_block(unsigned int index);

/** Size and limits; `dev` is the device for messages. */
const struct ukd_block_info *uk_block_info(const struct uk_block *disk);
const struct ukd_device *uk_block_device(const struct uk_block *disk);

/** @return 0, -EBUSY when it is open, or what its driver returned */
int uk_block_open(struct uk_block *disk);

/** Stop a disk; `done` of what is in flight is called. */
void uk_block_close(struct uk_block *disk);

/* Of an open disk; with any number of sectors */

/**
 * Read whole sectors.
 *
 * @param data aligned to 4 bytes or more
 *
 * @return 0, -EINVAL beyond the disk's end, -EIO, -ERANGE when the disk can't
 *         reach the memory; then not all of it may have been read
 */
int uk_block_read(struct uk_block *disk, uint64_t sector, uint64_t count,
		  void *data);

/** @return see uk_block_read(); -ENOTSUP: it is read-only */
int uk_block_write(struct uk_block *disk, uint64_t sector, uint64_t count,
		   const void *data);

/** Have what was written before be there after a loss of power. @return 0, -EIO */
int uk_block_flush(struct uk_block *disk);

/* Several in flight */

/**
 * Submit requests; `address` is set by this call.
 *
 * @param taken set to how many were, from the first
 *
 * @return 0; -EAGAIN: as many as can be are in flight; or why the first that
 *         wasn't taken wasn't: see uk_block_read()
 */
int uk_block_submit(struct uk_block *disk,
		    struct ukd_block_request *const *request,
		    unsigned int count, unsigned int *taken);

/** Have `done` called for what is done. @return how many, or -EIO */
int uk_block_finish(struct uk_block *disk);

/** Wait until there is something to finish; may return early. */
void uk_block_wait(struct uk_block *disk);

#endif /* UK_BLOCK_H */
