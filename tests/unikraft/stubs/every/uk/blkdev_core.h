/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_BLKDEV_CORE_H
#define STUB_BLKDEV_CORE_H

#include <uk/blkreq.h>

struct uk_alloc;
struct uk_blkdev;
struct uk_blkdev_queue;

#define UK_BLKDEV_STATUS_SUCCESS	0x1
#define UK_BLKDEV_STATUS_MORE		0x2

struct uk_blkdev_conf {
	uint16_t nb_queues;
};

struct uk_blkdev_info {
	uint16_t max_queues;
};

struct uk_blkdev_queue_info {
	uint16_t nb_max, nb_min, nb_align;
	int nb_is_power_of_two;
};

struct uk_blkdev_queue_conf {
	struct uk_alloc *a;
	void (*callback)(struct uk_blkdev *dev, uint16_t queue, void *arg);
	void *callback_cookie;
};

struct uk_blkdev_ops {
	void (*get_info)(struct uk_blkdev *dev, struct uk_blkdev_info *info);
	int (*dev_configure)(struct uk_blkdev *dev,
			     const struct uk_blkdev_conf *conf);
	int (*queue_get_info)(struct uk_blkdev *dev, uint16_t queue,
			      struct uk_blkdev_queue_info *info);
	struct uk_blkdev_queue *(*queue_configure)(
		struct uk_blkdev *dev, uint16_t queue, uint16_t count,
		const struct uk_blkdev_queue_conf *conf);
	int (*dev_start)(struct uk_blkdev *dev);
	int (*dev_stop)(struct uk_blkdev *dev);
	int (*queue_intr_enable)(struct uk_blkdev *dev,
				 struct uk_blkdev_queue *queue);
	int (*queue_intr_disable)(struct uk_blkdev *dev,
				  struct uk_blkdev_queue *queue);
	int (*queue_unconfigure)(struct uk_blkdev *dev,
				 struct uk_blkdev_queue *queue);
	int (*dev_unconfigure)(struct uk_blkdev *dev);
};

struct uk_blkdev_cap {
	__sector sectors;
	size_t ssize;
	int mode;
	__sector max_sectors_per_req;
	uint16_t ioalign;
};

struct uk_blkdev {
	int (*submit_one)(struct uk_blkdev *dev, struct uk_blkdev_queue *queue,
			  struct uk_blkreq *request);
	int (*finish_reqs)(struct uk_blkdev *dev,
			   struct uk_blkdev_queue *queue);
	struct uk_blkdev_cap capabilities;
	const struct uk_blkdev_ops *dev_ops;
};

#endif /* STUB_BLKDEV_CORE_H */
