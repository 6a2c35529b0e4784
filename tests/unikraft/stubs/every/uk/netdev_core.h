/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_NETDEV_CORE_H
#define STUB_NETDEV_CORE_H

#include <uk/netbuf.h>

struct uk_netdev;
struct uk_netdev_rx_queue;
struct uk_netdev_tx_queue;

struct uk_hwaddr {
	uint8_t addr_bytes[6];
};

#define UK_NETDEV_F_RXQ_INTR		0x1
#define UK_NETDEV_F_PARTIAL_CSUM	0x4

#define UK_NETDEV_STATUS_SUCCESS	0x1
#define UK_NETDEV_STATUS_MORE		0x2
#define UK_NETDEV_STATUS_UNDERRUN	0x4

struct uk_netdev_info {
	uint16_t max_rx_queues, max_tx_queues;
	int in_queue_pairs;
	uint16_t max_mtu;
	uint16_t nb_encap_tx, nb_encap_rx;
	uint16_t ioalign;
	uint32_t features;
};

struct uk_netdev_queue_info {
	uint16_t nb_max, nb_min, nb_align;
	int nb_is_power_of_two;
};

struct uk_netdev_conf {
	uint16_t nb_rx_queues, nb_tx_queues;
};

typedef uint16_t (*uk_netdev_alloc_rxpkts)(void *arg,
					   struct uk_netbuf *buffer[],
					   uint16_t count);

struct uk_netdev_rxqueue_conf {
	void (*callback)(struct uk_netdev *dev, uint16_t queue, void *arg);
	void *callback_cookie;
	struct uk_alloc *a;
	uk_netdev_alloc_rxpkts alloc_rxpkts;
	void *alloc_rxpkts_argp;
};

struct uk_netdev_txqueue_conf {
	struct uk_alloc *a;
};

struct uk_netdev_ops {
	int (*rxq_intr_enable)(struct uk_netdev *dev,
			       struct uk_netdev_rx_queue *queue);
	int (*rxq_intr_disable)(struct uk_netdev *dev,
				struct uk_netdev_rx_queue *queue);
	const struct uk_hwaddr *(*hwaddr_get)(struct uk_netdev *dev);
	uint16_t (*mtu_get)(struct uk_netdev *dev);
	unsigned int (*promiscuous_get)(struct uk_netdev *dev);
	void (*info_get)(struct uk_netdev *dev, struct uk_netdev_info *info);
	int (*txq_info_get)(struct uk_netdev *dev, uint16_t queue,
			    struct uk_netdev_queue_info *info);
	int (*rxq_info_get)(struct uk_netdev *dev, uint16_t queue,
			    struct uk_netdev_queue_info *info);
	int (*configure)(struct uk_netdev *dev,
			 const struct uk_netdev_conf *conf);
	struct uk_netdev_tx_queue *(*txq_configure)(
		struct uk_netdev *dev, uint16_t queue, uint16_t count,
		struct uk_netdev_txqueue_conf *conf);
	struct uk_netdev_rx_queue *(*rxq_configure)(
		struct uk_netdev *dev, uint16_t queue, uint16_t count,
		struct uk_netdev_rxqueue_conf *conf);
	int (*start)(struct uk_netdev *dev);
};

struct uk_netdev {
	int (*tx_one)(struct uk_netdev *dev, struct uk_netdev_tx_queue *queue,
		      struct uk_netbuf *packet);
	int (*rx_one)(struct uk_netdev *dev, struct uk_netdev_rx_queue *queue,
		      struct uk_netbuf **packet);
	const struct uk_netdev_ops *ops;
};

#endif /* STUB_NETDEV_CORE_H */
