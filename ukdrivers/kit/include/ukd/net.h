/* SPDX-License-Identifier: BSD-3-Clause */
/* Class net: Ethernet frames out and in, without a copy. */
#ifndef UKD_NET_H
#define UKD_NET_H

#include <ukd/driver.h>

#include <stdbool.h>

#define UKD_NET_MAC_BYTES	6

/* Frame flags. */
#define UKD_NET_CHECKSUM_PART	0x1	/* from `checksum_start`, stored at `checksum_offset` after it: to be computed */
#define UKD_NET_CHECKSUM_GOOD	0x2	/* received, and found right */

/*
 * A buffer with or for one frame, or for a part of one. Whoever hands it over
 * keeps nothing of this structure, only what `cookie` stands for.
 */
struct ukd_frame {
	void *data;		/* first byte of the frame; to send: even */
	uint64_t address;	/* of it, as the device addresses memory */
	uint32_t size;		/* bytes: of the frame, or of the empty buffer */
	uint16_t flags;
	uint16_t checksum_start;
	uint16_t checksum_offset;
	uint16_t more;		/* received: so many buffers of this frame follow */
	void *cookie;		/* the host's, not NULL */
};

/* What a device is like; fixed once it is added. */
struct ukd_net_info {
	uint8_t mac[UKD_NET_MAC_BYTES];
	uint16_t mtu;		/* bytes after the Ethernet header */
	uint16_t headroom;	/* bytes before `data` that the driver writes to */
	uint16_t send_max;	/* frames that can be in flight */
	uint16_t receive_max;	/* empty buffers that it takes */
	bool can_checksum;	/* UKD_NET_CHECKSUM_PART when sending */
};

/* Called by the driver; the first in interrupt context, the other within send(). */
struct ukd_net_calls {
	/** Frames were received, or the link changed; receive interrupts are off. */
	void (*wake)(void *host);
	/** A sent frame's buffer is the host's again. */
	void (*sent)(void *host, void *cookie);
};

struct ukd_net_ops {
	/** Begin to work; `calls` and `host` are valid from then on. */
	int (*start)(void *self, const struct ukd_net_calls *calls, void *host);
	/** Give buffers to receive into. @return how many were taken */
	unsigned int (*supply)(void *self, const struct ukd_frame *frame,
			       unsigned int count);
	/**
	 * Send frames, with one notification; what was sent before is given
	 * back first, and with no frames that is all: send(self, NULL, 0).
	 *
	 * @return how many were taken, from the first; when that wasn't: 0, no
	 *         room; -EINVAL, shorter than an Ethernet header or longer than
	 *         the MTU allows; -EIO from a device that broke down
	 */
	int (*send)(void *self, const struct ukd_frame *frame,
		    unsigned int count);
	/**
	 * Receive frames.
	 *
	 * All parts of a frame come in one call; one of more than `max` is
	 * dropped. A part after the first begins `headroom` bytes before the
	 * data that supply() was given.
	 *
	 * @param frame filled in, with the cookies that supply() was given
	 *
	 * @return how many parts, 0: none, -EIO
	 */
	int (*receive)(void *self, struct ukd_frame *frame, unsigned int max);
	/**
	 * Interrupts for received frames, on until the next one or off.
	 *
	 * @return whether there are frames already; receive() them first then
	 */
	bool (*set_interrupt)(void *self, bool is_on);
	bool (*is_link_up)(void *self);
	/**
	 * End; buffers of both directions come back through `sent`. start()
	 * again works.
	 */
	void (*stop)(void *self);
};

/**
 * Hand a network device to the host.
 *
 * @return 0, or -ENOMEM when it takes no further one
 */
int ukd_net_add(const struct ukd_device *dev, const struct ukd_net_ops *ops,
		void *self, const struct ukd_net_info *info);

#endif /* UKD_NET_H */
