/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A network device of the kit as one of the tree's: what netdev.c, which sets
 * it up, and netdev_frames.c, which is the way of a frame, share.
 */
#ifndef UKD_GLUE_NETDEV_H
#define UKD_GLUE_NETDEV_H

#include "memory.h"

#include <ukd/net.h>

#include <uk/netdev_driver.h>

/* Buffers that are received, and given to the device, at a time. */
#define NETDEV_BATCH	16U

struct netdev {
	struct uk_netdev own;	/* first: the tree's functions have its address */

	/* Every frame */
	const struct ukd_net_ops *ops;
	void *self;
	uint32_t sending;	/* frames that the driver has */
	uint32_t send_max;
	uint16_t headroom;
	bool is_direct;
	bool is_asked;		/* for interrupts, on again after each */
	uint32_t missing;	/* buffers to receive into */
	uint32_t batch;		/* of them are given at a time */
	uint32_t ready_count;
	struct uk_netbuf **ready_next;
	struct uk_netbuf *ready[NETDEV_BATCH];
	uk_netdev_alloc_rxpkts alloc;
	void *alloc_arg;

	const struct ukd_device *dev;
	struct ukd_net_info info;
	struct uk_hwaddr address;
};

static inline struct netdev *netdev_of(struct uk_netdev *own)
{
	return (struct netdev *)own;
}

/**
 * Give the driver buffers to receive into, if so many are missing.
 *
 * @return 0, or UK_NETDEV_STATUS_UNDERRUN: there weren't enough
 */
int netdev_refill(struct netdev *net, uint32_t least);

/** Receive frames into `ready`, which is empty. @return 0, or -EIO */
int netdev_fetch(struct netdev *net);

/** For the driver: a buffer of a frame that was sent. */
void netdev_sent(void *host, void *cookie);

int netdev_rx_one(struct uk_netdev *own, struct uk_netdev_rx_queue *queue,
		  struct uk_netbuf **packet);
int netdev_tx_one(struct uk_netdev *own, struct uk_netdev_tx_queue *queue,
		  struct uk_netbuf *packet);

#endif /* UKD_GLUE_NETDEV_H */
