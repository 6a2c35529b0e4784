/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Disks of the kit as devices of lib/ukblkdev.
 *
 * Supports:   one queue, polling and interrupts.
 * Leaves out: data that the device doesn't see in one piece, which paging may
 *             lead to; such a request is refused.
 */

#include "memory.h"

#include <ukd/block.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>

#include <fcntl.h>
#include <uk/alloc.h>
#include <uk/blkdev_core.h>
#include <uk/blkdev_driver.h>
#include <uk/blkreq.h>
#include <uk/errptr.h>

#define DATA_ALIGN	8U

/* A request of the tree's, and the kit's that stands for it. */
struct pair {
	struct ukd_block_request request;	/* first: done() is given it */
	struct uk_blkreq *own;
	struct blkdev *disk;
	struct pair *next;	/* free */
};

struct blkdev {
	struct uk_blkdev own;	/* first: the tree's functions have its address */
	const struct ukd_block_ops *ops;
	void *self;
	struct pair *free;
	bool is_direct;
	bool is_asked;		/* for interrupts, on again after each */
	const struct ukd_device *dev;
	struct ukd_block_info info;
	struct pair pairs[];	/* as many as there are requests in flight */
};

static struct blkdev *blkdev_of(struct uk_blkdev *own)
{
	return (struct blkdev *)own;
}

/* Requests */

static void end(struct uk_blkreq *own, int status)
{
	uk_blkreq_event_t callback = own->cb;
	void *cookie = own->cb_cookie;

	own->result = status;
	uk_blkreq_finished(own);
	if (callback)
		callback(own, cookie);
}

static void done(struct ukd_block_request *request, int status)
{
	struct pair *pair = (struct pair *)request;
	struct uk_blkreq *own = pair->own;

	pair->next = pair->disk->free;
	pair->disk->free = pair;
	end(own, status);
}

/* @return 0, -EINVAL, -ERANGE: not seen in one piece */
static int describe(const struct blkdev *disk, const struct uk_blkreq *own,
		    struct ukd_block_request *request)
{
	request->sector = own->start_sector;
	request->count = (uint32_t)own->nb_sectors;
	request->data = own->aio_buf;
	switch (own->operation) {
	case UK_BLKREQ_READ:
		request->operation = UKD_BLOCK_READ;
		break;
	case UK_BLKREQ_WRITE:
		request->operation = UKD_BLOCK_WRITE;
		break;
	case UK_BLKREQ_FFLUSH:
		request->operation = UKD_BLOCK_FLUSH;
		return 0;
	default:
		return -EINVAL;
	}
	if (own->nb_sectors > disk->info.sectors_max)
		return -EINVAL;
	request->address = (uintptr_t)own->aio_buf;
	if (disk->is_direct)
		return 0;
	return ukd_host_dma_address(disk->dev, own->aio_buf,
				    own->nb_sectors * disk->info.sector_bytes,
				    &request->address);
}

static int submit_one(struct uk_blkdev *own, struct uk_blkdev_queue *queue,
		      struct uk_blkreq *request)
{
	struct blkdev *disk = blkdev_of(own);
	struct ukd_block_request *ours;
	struct pair *pair = disk->free;
	unsigned int taken;
	int rc;

	(void)queue;	/* there is one */
	if (request->operation == UK_BLKREQ_FFLUSH && !disk->info.can_flush) {
		end(request, 0);	/* such a disk keeps nothing back */
		return UK_BLKDEV_STATUS_SUCCESS | UK_BLKDEV_STATUS_MORE;
	}
	if (!pair)
		return 0;
	ours = &pair->request;
	rc = describe(disk, request, ours);
	if (rc)
		return rc;

	disk->free = pair->next;
	pair->own = request;
	rc = disk->ops->submit(disk->self, &ours, 1, &taken);
	if (!taken) {
		pair->next = disk->free;
		disk->free = pair;
		return rc == -EAGAIN ? 0 : rc;
	}
	return disk->free ? UK_BLKDEV_STATUS_SUCCESS | UK_BLKDEV_STATUS_MORE
			  : UK_BLKDEV_STATUS_SUCCESS;
}

static int finish(struct uk_blkdev *own, struct uk_blkdev_queue *queue)
{
	struct blkdev *disk = blkdev_of(own);
	int rc;

	(void)queue;	/* there is one */
	do {
		rc = disk->ops->finish(disk->self);
	} while (rc >= 0 && disk->is_asked &&
		 disk->ops->set_interrupt(disk->self, true));
	return rc < 0 ? rc : 0;
}

/* Interrupts */

/* In interrupt context. */
static void wake(void *host)
{
	struct blkdev *disk = host;

	if (disk->is_asked)
		uk_blkdev_drv_queue_event(&disk->own, 0);
}

static int enable_interrupt(struct uk_blkdev *own,
			    struct uk_blkdev_queue *queue)
{
	struct blkdev *disk = blkdev_of(own);

	(void)queue;
	disk->is_asked = true;
	return disk->ops->set_interrupt(disk->self, true);
}

static int disable_interrupt(struct uk_blkdev *own,
			     struct uk_blkdev_queue *queue)
{
	struct blkdev *disk = blkdev_of(own);

	(void)queue;
	disk->is_asked = false;
	(void)disk->ops->set_interrupt(disk->self, false);
	return 0;
}

/* Set-up */

static void get_info(struct uk_blkdev *own, struct uk_blkdev_info *info)
{
	(void)own;
	info->max_queues = 1;
}

static int configure(struct uk_blkdev *own, const struct uk_blkdev_conf *conf)
{
	(void)own;
	return conf->nb_queues == 1 ? 0 : -ENOTSUP;
}

static int get_queue_info(struct uk_blkdev *own, uint16_t queue,
			  struct uk_blkdev_queue_info *info)
{
	if (queue)
		return -EINVAL;
	info->nb_max = blkdev_of(own)->info.requests_max;
	info->nb_min = 1;
	info->nb_align = 1;
	return 0;
}

static struct uk_blkdev_queue *
configure_queue(struct uk_blkdev *own, uint16_t queue, uint16_t count,
		const struct uk_blkdev_queue_conf *conf)
{
	(void)conf;	/* the driver's own memory is there already */
	if (queue || count > blkdev_of(own)->info.requests_max)
		return ERR2PTR(-EINVAL);
	return (void *)own;
}

static int release_queue(struct uk_blkdev *own, struct uk_blkdev_queue *queue)
{
	(void)own;
	(void)queue;
	return 0;
}

static int start(struct uk_blkdev *own)
{
	struct blkdev *disk = blkdev_of(own);

	return disk->ops->start(disk->self, wake, disk);
}

static int stop(struct uk_blkdev *own)
{
	struct blkdev *disk = blkdev_of(own);

	disk->is_asked = false;
	disk->ops->stop(disk->self);
	return 0;
}

static int unconfigure(struct uk_blkdev *own)
{
	(void)own;
	return 0;
}

static const struct uk_blkdev_ops blkdev_ops = {
	.get_info = get_info,
	.dev_configure = configure,
	.queue_get_info = get_queue_info,
	.queue_configure = configure_queue,
	.dev_start = start,
	.dev_stop = stop,
	.queue_intr_enable = enable_interrupt,
	.queue_intr_disable = disable_interrupt,
	.queue_unconfigure = release_queue,
	.dev_unconfigure = unconfigure,
};

/* For the kit */

static void fill_in(struct blkdev *disk)
{
	const struct ukd_block_info *info = &disk->info;
	struct uk_blkdev_cap *can = &disk->own.capabilities;
	unsigned int i;

	for (i = 0; i < info->requests_max; i++) {
		disk->pairs[i].disk = disk;
		disk->pairs[i].request.done = done;
		disk->pairs[i].next = disk->free;
		disk->free = &disk->pairs[i];
	}
	can->sectors = info->sectors;
	can->ssize = info->sector_bytes;
	can->mode = info->is_read_only ? O_RDONLY : O_RDWR;
	can->max_sectors_per_req = info->sectors_max;
	can->ioalign = DATA_ALIGN;
}

int ukd_block_add(const struct ukd_device *dev, const struct ukd_block_ops *ops,
		  void *self, const struct ukd_block_info *info)
{
	struct blkdev *disk = ukd_alloc(sizeof(*disk) + info->requests_max *
					sizeof(disk->pairs[0]));
	int rc;

	if (!disk)
		return -ENOMEM;
	disk->own.dev_ops = &blkdev_ops;
	disk->own.submit_one = submit_one;
	disk->own.finish_reqs = finish;
	disk->ops = ops;
	disk->self = self;
	disk->dev = dev;
	disk->info = *info;
	disk->is_direct = ukd_host_is_direct(dev);
	fill_in(disk);

	rc = uk_blkdev_drv_register(&disk->own, uk_alloc_get_default(),
				    dev->driver);
	if (rc < 0)
		ukd_free(disk);
	return rc < 0 ? rc : 0;
}
