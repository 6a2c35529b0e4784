/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network devices, for applications and stacks: Ethernet frames in and out,
 * without a copy.
 *
 * A frame stands in a buffer of the device's pool, which is set up when the
 * device is opened; nothing is allocated after that. Whoever has a frame may
 * change what is in it, move its start (`data`) as far as there is room, and
 * its `size`. A frame is had from receiving or taking it until it is sent or
 * released, also through another device than the one it came from, as long as
 * both see memory alike.
 *
 * A device is polled by calling uk_net_receive() again and again, and is used
 * by interrupts by calling uk_net_wait() when there was nothing; each call
 * decides anew. Nothing here may be called from an interrupt handler.
 */
#ifndef UK_NET_H
#define UK_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <ukd/net.h>

#define UK_NET_FOREVER		UINT64_MAX

/* Fewer must not be asked of uk_net_receive(): as many parts a frame may have. */
#define UK_NET_RECEIVE_MIN	32

/* An Ethernet frame is that much longer than what the MTU counts. */
#define UK_NET_HEADER_BYTES	14

struct uk_net;

struct uk_net_stats {
	uint64_t received, received_bytes;
	uint64_t sent, sent_bytes;
	uint64_t interrupts;	/* for frames, or for the link */
	uint64_t waits;
	uint64_t short_of_buffers;	/* times that the pool was empty */
};

/** @return a device in the order in which they were found, from 0, or NULL */
struct uk_net *uk_net(unsigned int index);

/** MAC, MTU and what else it is like; `dev` is the device for messages. */
const struct ukd_net_info *uk_net_info(const struct uk_net *net);
const struct ukd_device *uk_net_device(const struct uk_net *net);

/**
 * Have a device receive, into buffers of its pool.
 *
 * @return 0, -EBUSY when it is open, or frames of it aren't released yet;
 *         -ENOMEM, or what its driver returned
 */
int uk_net_open(struct uk_net *net);

/**
 * Stop a device and free its pool. Frames that are being sent are lost.
 *
 * @return 0, or -EBUSY: not all its frames are released; call it again then
 */
int uk_net_close(struct uk_net *net);

/* Frames, of a device that is open */

/**
 * Take frames that were received.
 *
 * A frame that needed several buffers is so many frames here, of which all but
 * the last say in `more` how many follow; they come together.
 *
 * @param max UK_NET_RECEIVE_MIN or more
 *
 * @return how many, 0: none, -EIO from a device that broke down
 */
int uk_net_receive(struct uk_net *net, struct ukd_frame *frame,
		   unsigned int max);

/**
 * Take empty buffers to be sent: `size` is what there is room for.
 *
 * @return how many, fewer when the pool is empty
 */
unsigned int uk_net_take(struct uk_net *net, struct ukd_frame *frame,
			 unsigned int count);

/** Give frames back unsent. */
void uk_net_release(const struct ukd_frame *frame, unsigned int count);

/**
 * Send frames, with one notification.
 *
 * @param frame their `address` is set by this call
 *
 * @return how many were taken, from the first: the others, and all of them
 *         after an error, are still the caller's. -EINVAL: the first is longer
 *         than the MTU allows; -EIO: the device broke down
 */
int uk_net_send(struct uk_net *net, struct ukd_frame *frame,
		unsigned int count);

/* Waiting */

/**
 * Wait until one of the devices received frames or its link changed.
 *
 * Other threads run meanwhile, or the CPU is stopped. Look at all of the
 * devices after it: it may return early.
 *
 * @param us at most so long, or UK_NET_FOREVER
 *
 * @return 0, or -ETIMEDOUT
 */
int uk_net_wait(struct uk_net *const *net, unsigned int count, uint64_t us);

/**
 * Ask for an interrupt when frames are received, once, or for none.
 *
 * @return whether there are frames: receive them first, there may be no
 *         interrupt for them
 */
bool uk_net_set_interrupt(struct uk_net *net, bool is_on);

/** Have a function called in interrupt context at each interrupt; NULL: none. */
void uk_net_on_interrupt(struct uk_net *net, void (*function)(void *arg),
			 void *arg);

/* State */

bool uk_net_is_link_up(const struct uk_net *net);
const struct uk_net_stats *uk_net_stats(const struct uk_net *net);

#endif /* UK_NET_H */
