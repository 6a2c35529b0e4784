/* SPDX-License-Identifier: BSD-3-Clause */
/* Disks, and what is done with them but for transfers. */

#include "block.h"

#include <ukd/bus.h>
#include <ukd/errno.h>
#include <ukd/memory.h>

#include <uk/arch/irq.h>

static struct uk_block *disks, **disks_end = &disks;

/* Of the kit */

int ukd_block_add(const struct ukd_device *dev, const struct ukd_block_ops *ops,
		  void *self, const struct ukd_block_info *info)
{
	struct uk_block *disk = ukd_alloc(sizeof(*disk));

	if (!disk)
		return -ENOMEM;
	disk->ops = ops;
	disk->self = self;
	disk->dev = dev;
	disk->info = *info;
	*disks_end = disk;
	disks_end = &disk->next;
	return 0;
}

/* Open and close */

/* In interrupt context. */
static void wake(void *host)
{
	struct uk_block *disk = host;

	disk->is_woken = true;
	uk_block_unblock(disk);
}

int uk_block_open(struct uk_block *disk)
{
	int rc;

	if (disk->is_open)
		return -EBUSY;
	rc = disk->ops->start(disk->self, wake, disk);
	disk->is_open = !rc;
	return rc;
}

void uk_block_close(struct uk_block *disk)
{
	if (disk->is_open)
		disk->ops->stop(disk->self);
	disk->is_open = false;
}

/* What it is like */

struct uk_block *uk_block(unsigned int index)
{
	struct uk_block *disk = disks;

	while (disk && index--)
		disk = disk->next;
	return disk;
}

const struct ukd_block_info *uk_block_info(const struct uk_block *disk)
{
	return &disk->info;
}

const struct ukd_device *uk_block_device(const struct uk_block *disk)
{
	return disk->dev;
}

/* Requests */

int uk_block_submit(struct uk_block *disk,
		    struct ukd_block_request *const *request,
		    unsigned int count, unsigned int *taken)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < count && !rc; i++) {
		struct ukd_block_request *one = request[i];
		uint64_t size = (uint64_t)one->count * disk->info.sector_bytes;

		if (one->operation == UKD_BLOCK_FLUSH)
			continue;
		rc = ukd_dma_address(disk->dev, (uintptr_t)one->data, size,
				     &one->address);
		if (rc)
			count = i;
	}

	*taken = 0;
	if (count) {
		int submitted = disk->ops->submit(disk->self, request, count,
						  taken);

		if (submitted)
			return submitted;
	}
	return rc;
}

int uk_block_finish(struct uk_block *disk)
{
	int finished = disk->ops->finish(disk->self);
	uint64_t before;

	if (finished) {		/* some of them may be what another waits for */
		before = uk_irqs_save();
		uk_block_unblock(disk);
		uk_irqs_restore(before);
	}
	return finished;
}

void uk_block_wait(struct uk_block *disk)
{
	if (!disk->ops->set_interrupt(disk->self, true))
		uk_block_sleep(disk);
	disk->is_woken = false;
}
