/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device: features, configuration, the header of a frame. Facts
 * only: no state, no functions.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.
 */
#ifndef VIRTIO_NET_REGS_H
#define VIRTIO_NET_REGS_H

#include <ukd/virtio.h>

#include <stddef.h>
#include <stdint.h>

/* Queues. VIRTIO 5.1.2. */
#define VIRTIO_NET_RECEIVE	0
#define VIRTIO_NET_SEND		1

/* Features. VIRTIO 5.1.3; the last is a legacy device's, VIRTIO 6. */
#define VIRTIO_NET_F_CSUM	UKD_VIRTIO_BIT(0)	/* computes checksums */
#define VIRTIO_NET_F_GUEST_CSUM	UKD_VIRTIO_BIT(1)	/* may leave one out */
#define VIRTIO_NET_F_MTU	UKD_VIRTIO_BIT(3)
#define VIRTIO_NET_F_MAC	UKD_VIRTIO_BIT(5)
#define VIRTIO_NET_F_MRG_RXBUF	UKD_VIRTIO_BIT(15)	/* frames over several buffers */
#define VIRTIO_NET_F_STATUS	UKD_VIRTIO_BIT(16)
#define VIRTIO_F_ANY_LAYOUT	UKD_VIRTIO_BIT(27)	/* header beside the frame */
#define VIRTIO_F_VERSION_1	UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1)

/* Configuration. VIRTIO 5.1.4. */
struct virtio_net_config {
	uint8_t mac[6];			/* with MAC */
	uint16_t status;		/* with STATUS */
	uint16_t max_virtqueue_pairs;	/* with what isn't asked for here */
	uint16_t mtu;			/* with MTU */
};

#define VIRTIO_NET_S_LINK_UP	0x1

/* What the device may say with MTU. VIRTIO 5.1.4. */
#define VIRTIO_NET_MTU_MIN	68

/* Before each frame, and before the first part of one. VIRTIO 5.1.6. */
struct virtio_net_header {
	uint8_t flags;
	uint8_t gso_type;		/* 0: one frame */
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
	uint16_t num_buffers;		/* not without VERSION_1 and MRG_RXBUF */
};

#define VIRTIO_NET_HEADER_LEGACY	10U

#define VIRTIO_NET_HDR_F_NEEDS_CSUM	0x1
#define VIRTIO_NET_HDR_F_DATA_VALID	0x2

_Static_assert(offsetof(struct virtio_net_config, status) == 6, "no padding");
_Static_assert(offsetof(struct virtio_net_config, mtu) == 10, "no padding");
_Static_assert(sizeof(struct virtio_net_config) == 12, "no padding");
_Static_assert(offsetof(struct virtio_net_header, csum_start) == 6, "no padding");
_Static_assert(offsetof(struct virtio_net_header, num_buffers) == 10, "no padding");
_Static_assert(sizeof(struct virtio_net_header) == 12, "no padding");

#endif /* VIRTIO_NET_REGS_H */
