/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device: agreeing on features, reading what the device is
 * like, and setting its queues up.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.3 to 5.1.5.
 */
#ifndef VIRTIO_NET_START_H
#define VIRTIO_NET_START_H

#include "virtio_net.h"

#include <ukd/time.h>

#define VIRTIO_NET_WANTED						\
	(VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MTU |	\
	 VIRTIO_NET_F_MAC | VIRTIO_NET_F_MRG_RXBUF | VIRTIO_NET_F_STATUS |	\
	 VIRTIO_F_ANY_LAYOUT | VIRTIO_F_VERSION_1)

#define virtio_net_read_config(dev, field, to)				\
	ukd_virtio_config(dev, offsetof(struct virtio_net_config, field),	\
			  to, sizeof(*(to)))

/**
 * What was agreed on, but is of no use.
 *
 * A legacy device whose headers have to be apart can't spread frames: it would
 * put the middle of a frame where another's header has its place.
 *
 * @param mtu set to what it is with the features that are left
 *
 * Source: VIRTIO 5.1.4, 5.1.6.
 */
static inline int virtio_net_useless(const struct ukd_device *dev,
				     uint64_t agreed, uint16_t *mtu,
				     uint64_t *useless)
{
	int rc = 0;

	*useless = 0;
	*mtu = VIRTIO_NET_MTU;
	if (!(agreed & (VIRTIO_F_VERSION_1 | VIRTIO_F_ANY_LAYOUT)))
		*useless = agreed & VIRTIO_NET_F_MRG_RXBUF;
	if (agreed & VIRTIO_NET_F_MTU)
		rc = virtio_net_read_config(dev, mtu, mtu);
	if (rc || *mtu >= VIRTIO_NET_MTU_MIN)
		return rc;
	ukd_warn(dev, "mtu: %u, wanted at least %u; going on without it", *mtu,
		 VIRTIO_NET_MTU_MIN);
	*useless |= VIRTIO_NET_F_MTU;
	return 0;
}

/* Agree on what both can, and is of use; anew without what isn't. VIRTIO 5.1.3. */
static inline int virtio_net_agree(const struct ukd_device *dev,
				   uint64_t *agreed, uint16_t *mtu)
{
	uint64_t wanted = VIRTIO_NET_WANTED, useless;
	int rc;

	do {
		rc = ukd_virtio_start(dev, wanted, agreed);
		if (!rc)
			rc = virtio_net_useless(dev, *agreed, mtu, &useless);
		if (rc)
			return rc;
		wanted &= ~useless;
	} while (useless);
	return 0;
}

/*
 * An address of the image's own, its first byte lowest: locally administered,
 * no group's; from what differs between devices of a machine, and the time,
 * which differs between machines.
 */
static inline uint64_t virtio_net_make_mac(const struct ukd_device *dev)
{
	const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t hash = (ukd_ticks() * golden + (uintptr_t)dev) * golden;

	/* The upper bits depend on all. */
	return (hash >> 16 & ~UINT64_C(3)) | 2;
}

/* The device's address, or one made up for it. VIRTIO 5.1.5. */
static inline int virtio_net_read_mac(const struct ukd_device *dev,
				      uint64_t agreed,
				      uint8_t mac[UKD_NET_MAC_BYTES])
{
	const char *why = "none";
	uint64_t value = 0;
	unsigned int i;

	if (agreed & VIRTIO_NET_F_MAC) {
		int rc = ukd_virtio_config(dev,
					   offsetof(struct virtio_net_config, mac),
					   &value, UKD_NET_MAC_BYTES);

		if (rc)
			return rc;
		why = value & 1 ? "a group's" : "zero";
	}
	if (!value || value & 1) {
		ukd_warn(dev, "mac: %s, wanted one device's; one was made up",
			 why);
		value = virtio_net_make_mac(dev);
	}
	for (i = 0; i < UKD_NET_MAC_BYTES; i++)
		mac[i] = (uint8_t)(value >> 8 * i);
	return 0;
}

/* What the features come to, for every frame. VIRTIO 5.1.6. */
static inline void virtio_net_apply(struct virtio_net *net, uint64_t agreed,
				    uint16_t mtu)
{
	bool is_modern = agreed & VIRTIO_F_VERSION_1;

	net->mtu = mtu;
	net->is_merging = agreed & VIRTIO_NET_F_MRG_RXBUF;
	net->is_apart = !is_modern && !(agreed & VIRTIO_F_ANY_LAYOUT);
	net->flags = agreed & VIRTIO_NET_F_GUEST_CSUM ?
		     VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID :
		     0;
	net->header_bytes = is_modern || net->is_merging ?
			    VIRTIO_NET_HEADER : VIRTIO_NET_HEADER_LEGACY;
	/* The first part has at least the Ethernet header. VIRTIO 5.1.6.3. */
	net->room_min = VIRTIO_NET_ETHERNET + (net->is_merging ? 0 : net->mtu);
}

/**
 * Memory for what the device can have at once.
 *
 * Headers that are apart take half of the descriptors.
 *
 * @return 0, or -ENOMEM: said
 */
static inline int virtio_net_make_slots(struct virtio_net *net,
					struct ukd_net_info *info)
{
	unsigned int shift = net->is_apart ? 1 : 0, i;
	unsigned int receive = ukd_virtq_size(net->receive) >> shift;
	unsigned int send = ukd_virtq_size(net->send) >> shift;

	net->slot_count = receive + (net->is_apart ? send : 0);
	net->slots = ukd_alloc(net->slot_count * sizeof(*net->slots));
	if (net->is_apart)
		net->headers = ukd_dma_alloc(net->dev, net->slot_count *
					     sizeof(*net->headers), 16,
					     &net->headers_address);
	if (!net->slots || (net->is_apart && !net->headers)) {
		ukd_err(net->dev, "no memory for %u buffers", net->slot_count);
		return -ENOMEM;
	}
	for (i = net->slot_count; i-- > 0; ) {
		if (net->is_apart)
			net->slots[i].header = &net->headers[i];
		virtio_net_push(i < receive ? &net->free : &net->free_send,
				&net->slots[i]);
	}
	info->receive_max = (uint16_t)receive;
	info->send_max = (uint16_t)send;
	return 0;
}

/* Interrupts */

/* Interrupts are off from here until the host wants the next one. */
__attribute__((noinline))
static void virtio_net_wake(struct virtio_net *net)
{
	net->is_waiting = false;
	ukd_virtq_set_interrupt(net->receive, false);
	net->calls->wake(net->host);
}

/* The line may be shared, and an interrupt come late: only who waits is woken. */
static void virtio_net_received(void *arg)
{
	struct virtio_net *net = arg;

	if (net->is_waiting)
		virtio_net_wake(net);
}

/* That of sent frames is never wanted. */
static void virtio_net_sent(void *arg)
{
	(void)arg;
}

static void virtio_net_changed(void *arg)
{
	struct virtio_net *net = arg;

	if (net->calls)
		virtio_net_wake(net);
}

/* Queues */

/* Both, in the order of their numbers, without interrupts yet. VIRTIO 5.1.2. */
__attribute__((noinline))
static int virtio_net_queues(struct virtio_net *net)
{
	unsigned int index;
	int rc = 0;

	for (index = VIRTIO_NET_RECEIVE; !rc && index <= VIRTIO_NET_SEND;
	     index++) {
		struct ukd_virtq **queue = index ? &net->send : &net->receive;

		rc = ukd_virtio_queue(net->dev, index, VIRTIO_NET_QUEUE,
				      index ? virtio_net_sent :
					      virtio_net_received,
				      net, queue);
		if (!rc)
			ukd_virtq_set_interrupt(*queue, false);
	}
	if (rc == -ENODEV) {
		ukd_err(net->dev, "queue %u: there is none, wanted one to receive and one to send",
			index - 1);
		return -EINVAL;
	}
	return rc;
}

/* A first start: what the device is like, and memory for it. */
static inline int virtio_net_set_up(struct virtio_net *net,
				    struct ukd_net_info *info)
{
	int rc;

	rc = virtio_net_agree(net->dev, &net->agreed, &info->mtu);
	if (!rc)
		rc = virtio_net_read_mac(net->dev, net->agreed, info->mac);
	if (rc)
		return rc;

	virtio_net_apply(net, net->agreed, info->mtu);
	info->can_checksum = net->agreed & VIRTIO_NET_F_CSUM;
	info->headroom = sizeof(struct virtio_net_header);
	rc = virtio_net_queues(net);
	if (!rc)
		rc = virtio_net_make_slots(net, info);
	return rc;
}

/*
 * A start after a stop: what the device is like is fixed. Queues of another
 * size do no harm; what there is no room for isn't taken.
 */
static inline int virtio_net_again(struct virtio_net *net)
{
	uint64_t agreed;
	int rc = ukd_virtio_start(net->dev, net->agreed, &agreed);

	if (rc)
		return rc;
	if (agreed != net->agreed) {
		ukd_err(net->dev, "features: not what they were before the stop, wanted the same again");
		return -EIO;
	}
	return virtio_net_queues(net);
}

#endif /* VIRTIO_NET_START_H */
