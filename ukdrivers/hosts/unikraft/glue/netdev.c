/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network devices of the kit as devices of lib/uknetdev.
 *
 * Supports:   one queue a direction, polling and interrupts, checksums.
 * Leaves out: segmentation by the device, another hardware address or MTU than
 *             the device's, promiscuous mode.
 */

#include "netdev.h"

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>

#include <uk/alloc.h>
#include <uk/errptr.h>
#include <uk/netdev_core.h>
#include <uk/netdev_driver.h>

/* Before a frame, so that its data begins as it did without the driver's. */
#define HEADROOM_ALIGN	16U

#define DATA_ALIGN	8U

/* Interrupts */

/* In interrupt context. */
static void wake(void *host)
{
	struct netdev *net = host;

	if (net->is_asked)
		uk_netdev_drv_rx_event(&net->own, 0);
}

static int enable_interrupt(struct uk_netdev *own,
			    struct uk_netdev_rx_queue *queue)
{
	struct netdev *net = netdev_of(own);

	(void)queue;
	net->is_asked = true;
	return net->ready_count || net->ops->set_interrupt(net->self, true);
}

static int disable_interrupt(struct uk_netdev *own,
			     struct uk_netdev_rx_queue *queue)
{
	struct netdev *net = netdev_of(own);

	(void)queue;
	net->is_asked = false;
	(void)net->ops->set_interrupt(net->self, false);
	return 0;
}

/* What it is like */

static const struct uk_hwaddr *get_address(struct uk_netdev *own)
{
	return &netdev_of(own)->address;
}

static uint16_t get_mtu(struct uk_netdev *own)
{
	return netdev_of(own)->info.mtu;
}

static unsigned int get_promiscuous(struct uk_netdev *own)
{
	(void)own;
	return 0;
}

static void get_info(struct uk_netdev *own, struct uk_netdev_info *info)
{
	const struct netdev *net = netdev_of(own);
	uint16_t room = (net->info.headroom + HEADROOM_ALIGN - 1) &
			~(HEADROOM_ALIGN - 1);

	info->max_rx_queues = 1;
	info->max_tx_queues = 1;
	info->max_mtu = net->info.mtu;
	info->nb_encap_tx = room;
	info->nb_encap_rx = room;
	info->ioalign = DATA_ALIGN;
	info->features = UK_NETDEV_F_RXQ_INTR;
	if (net->info.can_checksum)
		info->features |= UK_NETDEV_F_PARTIAL_CSUM;
}

static int get_queue_info(struct uk_netdev_queue_info *info, uint16_t queue,
			  uint16_t most)
{
	if (queue)
		return -EINVAL;
	info->nb_max = most;
	info->nb_min = 1;
	info->nb_align = 1;
	return 0;
}

static int get_receive_info(struct uk_netdev *own, uint16_t queue,
			    struct uk_netdev_queue_info *info)
{
	return get_queue_info(info, queue, netdev_of(own)->info.receive_max);
}

static int get_send_info(struct uk_netdev *own, uint16_t queue,
			 struct uk_netdev_queue_info *info)
{
	return get_queue_info(info, queue, netdev_of(own)->info.send_max);
}

/* Set-up */

static int configure(struct uk_netdev *own, const struct uk_netdev_conf *conf)
{
	(void)own;
	return conf->nb_rx_queues == 1 && conf->nb_tx_queues == 1 ? 0 : -ENOTSUP;
}

static struct uk_netdev_rx_queue *
configure_receive(struct uk_netdev *own, uint16_t queue, uint16_t count,
		  struct uk_netdev_rxqueue_conf *conf)
{
	struct netdev *net = netdev_of(own);

	if (queue || count > net->info.receive_max)
		return ERR2PTR(-EINVAL);
	net->missing = count ? count : net->info.receive_max;
	net->batch = net->missing / 2;
	if (net->batch > NETDEV_BATCH)
		net->batch = NETDEV_BATCH;
	if (!net->batch)
		net->batch = 1;
	net->alloc = conf->alloc_rxpkts;
	net->alloc_arg = conf->alloc_rxpkts_argp;
	return (void *)net;
}

static struct uk_netdev_tx_queue *
configure_send(struct uk_netdev *own, uint16_t queue, uint16_t count,
	       struct uk_netdev_txqueue_conf *conf)
{
	struct netdev *net = netdev_of(own);

	(void)conf;	/* the driver's own memory is there already */
	if (queue || count > net->info.send_max)
		return ERR2PTR(-EINVAL);
	return (void *)net;
}

static int start(struct uk_netdev *own)
{
	static const struct ukd_net_calls calls = {
		.wake = wake,
		.sent = netdev_sent,
	};
	struct netdev *net = netdev_of(own);
	uint32_t wanted = net->missing;
	int rc = net->ops->start(net->self, &calls, net);

	if (rc)
		return rc;
	(void)netdev_refill(net, 1);
	if (net->missing == wanted) {
		ukd_err(net->dev, "took no buffer to receive into");
		net->ops->stop(net->self);
		return -ENOMEM;
	}
	(void)net->ops->set_interrupt(net->self, false);
	return 0;
}

static const struct uk_netdev_ops netdev_ops = {
	.rxq_intr_enable = enable_interrupt,
	.rxq_intr_disable = disable_interrupt,
	.hwaddr_get = get_address,
	.mtu_get = get_mtu,
	.promiscuous_get = get_promiscuous,
	.info_get = get_info,
	.txq_info_get = get_send_info,
	.rxq_info_get = get_receive_info,
	.configure = configure,
	.txq_configure = configure_send,
	.rxq_configure = configure_receive,
	.start = start,
};

/* For the kit */

int ukd_net_add(const struct ukd_device *dev, const struct ukd_net_ops *ops,
		void *self, const struct ukd_net_info *info)
{
	struct netdev *net = ukd_alloc(sizeof(*net));
	unsigned int i;
	int rc;

	if (!net)
		return -ENOMEM;
	net->own.ops = &netdev_ops;
	net->own.rx_one = netdev_rx_one;
	net->own.tx_one = netdev_tx_one;
	net->ops = ops;
	net->self = self;
	net->dev = dev;
	net->info = *info;
	net->headroom = info->headroom;
	net->send_max = info->send_max;
	net->is_direct = ukd_host_is_direct(dev);
	for (i = 0; i < UKD_NET_MAC_BYTES; i++)
		net->address.addr_bytes[i] = info->mac[i];

	rc = uk_netdev_drv_register(&net->own, uk_alloc_get_default(),
				    dev->driver);
	if (rc < 0)
		ukd_free(net);
	return rc < 0 ? rc : 0;
}
