/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the network library share. */
#ifndef UKNET_NET_H
#define UKNET_NET_H

#include <uk/net.h>

#include <stddef.h>

#define BUFFER_SIZE	2048U

/* At the start of each buffer: whoever sends it, it comes back to its pool. */
struct uk_net_buffer {
	struct uk_net *owner;
};

/* What is used for each frame comes first, together. */
struct uk_net {
	const struct ukd_net_ops *ops;
	void *self;
	struct uk_net_buffer **free;	/* the last one is the next taken */
	unsigned int free_count;
	unsigned int missing;		/* that the device would take */
	unsigned int batch;		/* given to it when so many are missing */
	uint32_t data_offset;		/* of a frame in its buffer */
	uint64_t address_offset;	/* from the CPU's address to the device's */
	struct uk_net_stats stats;

	volatile bool is_woken;
	bool is_open;
	bool can_checksum;
	struct uk_thread *waiter;
	void (*on_interrupt)(void *arg);
	void *on_interrupt_arg;

	unsigned int buffer_count;
	char *memory;			/* of all buffers; NULL: no pool */
	const struct ukd_device *dev;
	struct ukd_net_info info;
	struct uk_net *next;
};

/** Give the device buffers, as many as it lacks and there are. */
void uk_net_refill(struct uk_net *net);

/** A buffer comes back; what a driver calls, too. */
void uk_net_give_back(void *host, void *cookie);

/** Wait until one of the devices was woken. @return see uk_net_wait() */
int uk_net_block(struct uk_net *const *net, unsigned int count, uint64_t us);

/** In interrupt context: end the wait for a device. */
void uk_net_unblock(struct uk_net *net);

static inline bool uk_net_was_woken(struct uk_net *const *net,
				    unsigned int count)
{
	while (count) {
		if (net[--count]->is_woken)
			return true;
	}
	return false;
}

#endif /* UKNET_NET_H */
