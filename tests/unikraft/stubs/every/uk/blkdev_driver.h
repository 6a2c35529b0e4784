/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_BLKDEV_DRIVER_H
#define STUB_BLKDEV_DRIVER_H

#include <uk/blkdev_core.h>

#define uk_blkreq_finished(request)	((request)->state = 0)

int uk_blkdev_drv_register(struct uk_blkdev *dev, struct uk_alloc *a,
			   const char *name);
void uk_blkdev_drv_queue_event(struct uk_blkdev *dev, uint16_t queue);

#endif /* STUB_BLKDEV_DRIVER_H */
