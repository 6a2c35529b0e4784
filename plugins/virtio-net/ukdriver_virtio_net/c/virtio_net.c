/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * virtio network device.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 5.1.
 * Supports:   modern and legacy devices over any transport; mergeable receive
 *             buffers, checksums computed and checked by the device, its MAC,
 *             MTU and link status; any number of devices.
 * Leaves out: segmentation offload, several queue pairs, the control queue,
 *             receive filters, announcements, hash reports.
 * Assumes:    the host has one caller at a time for each direction, frames
 *             begin at even addresses, and there is `headroom` before them in
 *             one piece with them, for the device too.
 */

#include "virtio_net_receive.h"
#include "virtio_net_send.h"
#include "virtio_net_start.h"

/* Class operations */

static unsigned int virtio_net_supply(void *self, const struct ukd_frame *frame,
				      unsigned int count)
{
	struct virtio_net *net = self;
	unsigned int i;

	if (!net->calls || net->is_broken)
		return 0;
	for (i = 0; i < count; i++, frame++) {
		struct virtio_net_slot *slot = net->free;

		if (!slot)
			break;
		if (virtio_net_rarely(frame->size - net->room_min >
				      VIRTIO_NET_ROOM_MAX)) {
			if (!net->is_small_said)
				ukd_err(net->dev, "buffer: %u bytes, wanted at least %u to receive into",
					frame->size, net->room_min);
			net->is_small_said = true;
			break;
		}
		slot->data = frame->data;
		slot->address = frame->address;
		slot->size = frame->size;
		slot->cookie = frame->cookie;
		if (!net->is_apart)
			slot->header = (void *)(slot->data - net->header_bytes);
		if (virtio_net_give(net, slot))
			break;
		net->free = slot->next;
	}
	if (i)
		ukd_virtq_publish(net->receive);
	return i;
}

static int virtio_net_send(void *self, const struct ukd_frame *frame,
			   unsigned int count)
{
	struct virtio_net *net = self;
	unsigned int i;
	int rc = 0;

	if (virtio_net_rarely(!net->calls || net->is_broken))
		return -EIO;
	virtio_net_reclaim(net);
	for (i = 0; i < count; i++) {
		rc = virtio_net_put(net, &frame[i]);
		if (rc)
			break;
	}
	if (i) {
		net->sending += i;
		ukd_virtq_publish(net->send);
		return (int)i;
	}
	if (virtio_net_is_broken(net))
		return -EIO;
	return rc == -EINVAL ? rc : 0;
}

static int virtio_net_receive(void *self, struct ukd_frame *frame,
			      unsigned int max)
{
	struct virtio_net *net = self;
	struct ukd_frame *const end = frame + max;
	struct ukd_frame *at = frame;

	if (virtio_net_rarely(net->is_special))
		at += virtio_net_go_on(net, at, max, true);
	while (at < end && !net->is_special) {
		uint32_t written;
		struct virtio_net_slot *slot = ukd_virtq_take(net->receive,
							      &written);
		uint8_t flags;

		if (!slot)
			break;
		flags = ukd_dma_read8(&slot->header->flags) & net->flags;
		if (virtio_net_rarely(!virtio_net_is_plain(net, slot, written,
							   flags))) {
			at += virtio_net_odd(net, slot, written, at,
					     (unsigned int)(end - at));
			continue;
		}
		virtio_net_hand_up(net, slot, at,
				   written - net->header_bytes, flags);
		at++;
	}
	if (at == frame && virtio_net_is_broken(net))
		return -EIO;
	return (int)(at - frame);
}

/* Whoever waits for a broken device is told to look again, and sees it then. */
static bool virtio_net_set_interrupt(void *self, bool is_on)
{
	struct virtio_net *net = self;
	bool is_there;

	if (!net->calls || virtio_net_is_broken(net))
		return true;
	/* Before the device may interrupt, because the handler looks at it. */
	net->is_waiting = is_on;
	is_there = ukd_virtq_set_interrupt(net->receive, is_on) ||
		   (net->first && !net->missing);
	if (!is_on || !is_there)
		return false;
	net->is_waiting = false;
	ukd_virtq_set_interrupt(net->receive, false);
	return true;
}

/* Without a say of the device, the link is up. VIRTIO 5.1.4. */
static bool virtio_net_is_link_up(void *self)
{
	struct virtio_net *net = self;
	uint16_t status = 0;

	if (virtio_net_is_broken(net))
		return false;
	if (!(net->agreed & VIRTIO_NET_F_STATUS))
		return true;
	return !virtio_net_read_config(net->dev, status, &status) &&
	       status & VIRTIO_NET_S_LINK_UP;
}

static int virtio_net_start(void *self, const struct ukd_net_calls *calls,
			    void *host)
{
	struct virtio_net *net = self;
	int rc = 0;

	if (net->is_broken)
		return -EIO;
	if (net->is_stopped)
		rc = virtio_net_again(net);
	if (!rc) {
		net->is_special = false;
		net->host = host;
		net->calls = calls;
		rc = ukd_virtio_go(net->dev);
	}
	net->is_stopped = rc != 0;
	if (rc) {
		net->calls = NULL;
		ukd_virtio_stop(net->dev);
	}
	return rc;
}

/* Give the host its buffers back, and free the slots. */
static void virtio_net_return(struct virtio_net *net,
			      struct virtio_net_slot **list)
{
	struct virtio_net_slot *slot;

	while ((slot = *list)) {
		*list = slot->next;
		virtio_net_push(&net->free, slot);
		net->calls->sent(net->host, slot->cookie);
	}
}

static void virtio_net_stop(void *self)
{
	struct virtio_net *net = self;
	struct virtio_net_slot *slot;

	if (!net->calls)
		return;
	net->is_waiting = false;
	net->is_stopped = net->is_special = true;
	ukd_virtio_stop(net->dev);

	while ((slot = ukd_virtq_recover(net->receive)))
		virtio_net_push(&net->stranded, slot);
	virtio_net_return(net, &net->stranded);
	virtio_net_return(net, &net->first);
	while ((slot = ukd_virtq_recover(net->send)))
		net->calls->sent(net->host, virtio_net_released(net, slot));
	net->sending = 0;
	net->calls = NULL;
}

static const struct ukd_net_ops virtio_net_ops = {
	.start = virtio_net_start,
	.supply = virtio_net_supply,
	.send = virtio_net_send,
	.receive = virtio_net_receive,
	.set_interrupt = virtio_net_set_interrupt,
	.is_link_up = virtio_net_is_link_up,
	.stop = virtio_net_stop,
};

/* Probe */

static int virtio_net_probe(const struct ukd_device *dev, const void *variant)
{
	struct ukd_net_info info = { 0 };
	struct virtio_net *net;
	int rc;

	(void)variant;	/* the features say what it is like */

	net = ukd_alloc(sizeof(*net));
	if (!net)
		return -ENOMEM;
	net->dev = dev;
	rc = virtio_net_set_up(net, &info);
	if (!rc) {
		ukd_virtio_on_config(dev, virtio_net_changed, net);
		rc = ukd_net_add(dev, &virtio_net_ops, net, &info);
	}
	if (!rc)
		return 0;

	/* Reset before its memory is given back, because it may write there. */
	ukd_virtio_stop(dev);
	if (net->headers)
		ukd_dma_free(dev, net->headers, net->slot_count *
			     sizeof(*net->headers));
	ukd_free(net->slots);
	ukd_free(net);
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match virtio_net_match[] = {
	{ .compatible = "virtio,device1" },	/* VIRTIO 5 */
	{ 0 }
};

extern const struct ukd_driver ukd_driver_virtio_net;
const struct ukd_driver ukd_driver_virtio_net = {
	.name = "virtio-net",
	.class = UKD_CLASS_NET,
	.match = virtio_net_match,
	.probe = virtio_net_probe,
};
