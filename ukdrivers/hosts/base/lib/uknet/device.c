/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices, and what is done with them but for frames. */

#include "net.h"

#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>

#include <uk/config.h>

#define PAGE_BYTES	4096U

/* Where frames start in a buffer is a multiple of it. */
#define ALIGN_BYTES	16U

/* Buffers are given to a device that many at a time. */
#define BATCH_MAX	16U

static struct uk_net *devices, **devices_end = &devices;

/* Of the kit */

int ukd_net_add(const struct ukd_device *dev, const struct ukd_net_ops *ops,
		void *self, const struct ukd_net_info *info)
{
	struct uk_net *net = ukd_alloc(sizeof(*net));

	if (!net)
		return -ENOMEM;
	net->ops = ops;
	net->self = self;
	net->dev = dev;
	net->info = *info;
	net->can_checksum = info->can_checksum;
	net->data_offset = (uint32_t)(sizeof(struct uk_net_buffer) +
				      info->headroom + ALIGN_BYTES - 1) &
			   ~(ALIGN_BYTES - 1);
	*devices_end = net;
	devices_end = &net->next;
	return 0;
}

/* In interrupt context. */
static void wake(void *host)
{
	struct uk_net *net = host;

	net->stats.interrupts++;
	net->is_woken = true;
	uk_net_unblock(net);
	if (net->on_interrupt)
		net->on_interrupt(net->on_interrupt_arg);
}

static const struct ukd_net_calls calls = {
	.wake = wake,
	.sent = uk_net_give_back,
};

/* The pool */

static unsigned int least(unsigned int one, unsigned int other)
{
	return one < other ? one : other;
}

static int make_pool(struct uk_net *net)
{
	unsigned int receive = least(net->info.receive_max,
				     CONFIG_LIBUKNET_RECEIVE_BUFFERS);
	unsigned int i, count = receive + CONFIG_LIBUKNET_OTHER_BUFFERS +
				least(net->info.send_max,
				      CONFIG_LIBUKNET_SEND_BUFFERS);
	uint64_t address;

	net->free = ukd_alloc(count * sizeof(*net->free));
	if (!net->free)
		return -ENOMEM;
	net->memory = ukd_dma_alloc(net->dev, (size_t)count * BUFFER_SIZE,
				    PAGE_BYTES, &address);
	if (!net->memory) {
		ukd_free(net->free);
		return -ENOMEM;
	}
	net->address_offset = address - (uintptr_t)net->memory;
	for (i = 0; i < count; i++) {
		net->free[i] = (void *)(net->memory + i * BUFFER_SIZE);
		net->free[i]->owner = net;
	}
	net->buffer_count = net->free_count = count;
	net->missing = receive;
	net->batch = receive / 2 ? least(receive / 2, BATCH_MAX) : 1;
	return 0;
}

/* @return whether all its buffers were there, and are gone now */
static bool free_pool(struct uk_net *net)
{
	if (net->free_count < net->buffer_count)
		return false;
	ukd_dma_free(net->dev, net->memory,
		     (size_t)net->buffer_count * BUFFER_SIZE);
	ukd_free(net->free);
	net->memory = NULL;
	return true;
}

/* Open and close */

static int start(struct uk_net *net)
{
	unsigned int wanted = net->missing;
	int rc = net->ops->start(net->self, &calls, net);

	if (rc)
		return rc;
	uk_net_refill(net);
	if (net->missing == wanted) {
		ukd_err(net->dev, "took no buffer of %u bytes to receive into",
			BUFFER_SIZE - net->data_offset);
		net->ops->stop(net->self);
		return -EIO;
	}
	(void)net->ops->set_interrupt(net->self, false);
	return 0;
}

int uk_net_open(struct uk_net *net)
{
	int rc;

	if (net->memory)
		return -EBUSY;
	rc = make_pool(net);
	if (rc) {
		ukd_err(net->dev, "no memory for buffers");
		return rc;
	}
	rc = start(net);
	if (rc)
		(void)free_pool(net);
	else
		net->is_open = true;
	return rc;
}

int uk_net_close(struct uk_net *net)
{
	if (net->is_open)
		net->ops->stop(net->self);
	net->is_open = false;
	return !net->memory || free_pool(net) ? 0 : -EBUSY;
}

/* What it is like */

struct uk_net *uk_net(unsigned int index)
{
	struct uk_net *net = devices;

	while (net && index--)
		net = net->next;
	return net;
}

const struct ukd_net_info *uk_net_info(const struct uk_net *net)
{
	return &net->info;
}

const struct ukd_device *uk_net_device(const struct uk_net *net)
{
	return net->dev;
}

bool uk_net_is_link_up(const struct uk_net *net)
{
	return net->ops->is_link_up(net->self);
}

const struct uk_net_stats *uk_net_stats(const struct uk_net *net)
{
	return &net->stats;
}

/* Waiting */

bool uk_net_set_interrupt(struct uk_net *net, bool is_on)
{
	return net->ops->set_interrupt(net->self, is_on);
}

void uk_net_on_interrupt(struct uk_net *net, void (*function)(void *arg),
			 void *arg)
{
	net->on_interrupt = NULL;	/* none is called with another's arg */
	net->on_interrupt_arg = arg;
	net->on_interrupt = function;
}

int uk_net_wait(struct uk_net *const *net, unsigned int count, uint64_t us)
{
	bool is_ready = false;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < count; i++) {
		net[i]->stats.waits++;
		is_ready |= net[i]->ops->set_interrupt(net[i]->self, true);
	}
	if (!is_ready)
		rc = uk_net_block(net, count, us);
	/* Whoever is woken after this look is looked at by the caller. */
	for (i = 0; i < count; i++)
		net[i]->is_woken = false;
	return rc;
}
