/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_NETDEV_DRIVER_H
#define STUB_NETDEV_DRIVER_H

#include <uk/netdev_core.h>

int uk_netdev_drv_register(struct uk_netdev *dev, struct uk_alloc *a,
			   const char *name);
void uk_netdev_drv_rx_event(struct uk_netdev *dev, uint16_t queue);

#endif /* STUB_NETDEV_DRIVER_H */
