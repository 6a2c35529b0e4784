/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio device, from its transport to its driver.
 *
 * Source:     Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), chapters 2
 *             and 3.
 * Supports:   devices of version 1 and legacy ones; several of each.
 * Leaves out: packed queues, access through an IOMMU, queue reset.
 */

#include "virtio_internal.h"

#include <ukd/bus.h>
#include <ukd/core.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/memory.h>
#include <ukd/time.h>

/* Limits */

#define RESET_US	1000000U

/* State */

static struct ukd_virtio *devices;

/* Helpers */

static uint8_t status(const struct ukd_virtio *virtio)
{
	return virtio->ops->status(virtio->self);
}

static void add_status(const struct ukd_virtio *virtio, uint8_t bits)
{
	virtio->ops->set_status(virtio->self, status(virtio) | bits);
}

/* Reset, and wait for its end; that there is none is said once. VIRTIO 2.4. */
static int reset(struct ukd_virtio *virtio)
{
	uint64_t end = ukd_now_us() + RESET_US;

	virtio->ops->set_status(virtio->self, 0);
	while (status(virtio)) {
		if (ukd_now_us() < end)
			continue;
		if (!virtio->is_stuck)
			ukd_err(virtio->dev, "status: the device didn't reset within %u us",
				RESET_US);
		virtio->is_stuck = true;
		return -ETIMEDOUT;
	}
	virtio->is_stuck = false;
	return 0;
}

static void stop_queues(const struct ukd_virtio *virtio)
{
	struct ukd_virtq *queue;

	for (queue = virtio->queues; queue; queue = ukd_virtq_next(queue))
		ukd_virtq_stop(queue);
}

static void interrupt_queues(const struct ukd_virtio *virtio)
{
	struct ukd_virtq *queue;

	for (queue = virtio->queues; queue; queue = ukd_virtq_next(queue))
		ukd_virtq_interrupt(queue);
}

/*
 * Reset a device that can't be trusted. The queues are closed first, so that
 * nothing is taken in the meantime; whoever waits for one is told last, so
 * that the buffers are the driver's again by then.
 */
static void leave(struct ukd_virtio *virtio)
{
	struct ukd_virtq *queue;

	virtio->failed = true;
	for (queue = virtio->queues; queue; queue = ukd_virtq_next(queue))
		ukd_virtq_close(queue);
	reset(virtio);
	interrupt_queues(virtio);
}

void ukd_virtio_break(struct ukd_virtio *virtio, unsigned int queue,
		      const char *what, uint32_t value)
{
	if (virtio->failed)
		return;
	ukd_err(virtio->dev, "queue %u: %s %u; the device is reset and left",
		queue, what, value);
	leave(virtio);
}

/* The device may refuse, and says so here alone. VIRTIO 3.1.1. */
static bool are_features_ok(const struct ukd_virtio *virtio)
{
	if (!virtio_has(virtio, UKD_VIRTIO_F_VERSION_1))
		return false;
	add_status(virtio, STATUS_FEATURES_OK);
	return status(virtio) & STATUS_FEATURES_OK;
}

/* For device drivers */

int ukd_virtio_start(const struct ukd_device *dev, uint64_t wanted,
		     uint64_t *agreed)
{
	struct ukd_virtio *virtio = ukd_virtio_of(dev);
	int rc;

	virtio->dev = dev;
	if (virtio->failed)
		return -EIO;
	virtio->is_started = false;
	stop_queues(virtio);
	rc = reset(virtio);
	if (rc)
		return rc;
	add_status(virtio, STATUS_ACKNOWLEDGE);
	add_status(virtio, STATUS_DRIVER);

	wanted |= UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC) |
		  UKD_VIRTIO_BIT(UKD_VIRTIO_F_EVENT_IDX) |
		  UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1);
	if (virtio->version == 1)	/* has no upper half */
		wanted &= UINT32_MAX;
	virtio->agreed = virtio->ops->features(virtio->self) & wanted;
	virtio->ops->set_features(virtio->self, virtio->agreed);
	*agreed = virtio->agreed;
	virtio->is_started = virtio->version == 1 || are_features_ok(virtio);
	if (virtio->is_started)
		return 0;
	ukd_err(dev, "features: the device refused %#lx, wanted %#lx among them",
		(unsigned long)virtio->agreed,
		(unsigned long)UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1));
	add_status(virtio, STATUS_FAILED);
	return -ENOTSUP;
}

int ukd_virtio_go(const struct ukd_device *dev)
{
	const struct ukd_virtio *virtio = ukd_virtio_of(dev);

	if (virtio->failed)
		return -ENODEV;
	add_status(virtio, STATUS_DRIVER_OK);
	if (status(virtio) & (STATUS_NEEDS_RESET | STATUS_FAILED)) {
		ukd_err(dev, "status: the device failed at its start");
		return -ENODEV;
	}
	return 0;
}

void ukd_virtio_stop(const struct ukd_device *dev)
{
	struct ukd_virtio *virtio = ukd_virtio_of(dev);

	virtio->is_started = false;
	stop_queues(virtio);
	reset(virtio);
}

void ukd_virtio_on_config(const struct ukd_device *dev,
			  void (*changed)(void *arg), void *arg)
{
	struct ukd_virtio *virtio = ukd_virtio_of(dev);

	virtio->changed_arg = arg;
	virtio->changed = changed;
}

/* For transports */

/* "virtio,device1": in hexadecimal. */
static size_t put_string(char *text, uint32_t id)
{
	static const char start[] = "virtio,device";
	size_t size = sizeof(start) - 1, i;
	unsigned int shift = 28;

	for (i = 0; i < size; i++)
		text[i] = start[i];
	while (shift && !(id >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		text[size++] = "0123456789abcdef"[id >> shift & 0xf];
		if (!shift)
			break;
	}
	text[size++] = '\0';
	return size;
}

int ukd_virtio_add(const struct ukd_device *dev,
		   const struct ukd_virtio_ops *ops, void *self, uint32_t id,
		   unsigned int version)
{
	struct ukd_device found = { .region_count = 0 };
	struct ukd_virtio *virtio;
	char string[24];
	size_t size = put_string(string, id);
	int rc;

	if (!ukd_has_driver(string))
		return -ENODEV;
	virtio = ukd_alloc(sizeof(*virtio));
	if (!virtio)
		return -ENOMEM;
	virtio->transport = dev;
	virtio->ops = ops;
	virtio->self = self;
	virtio->version = version;
	found.bus = virtio;
	/* its own name is the part of the string after the comma */
	rc = ukd_device_add(dev, &found, string + sizeof("virtio"), string,
			    size);
	if (rc) {
		ukd_free(virtio);
		return rc;
	}
	virtio->next = devices;
	devices = virtio;
	return 0;
}

static struct ukd_virtio *of_transport(const struct ukd_device *transport)
{
	struct ukd_virtio *virtio = devices;

	while (virtio && virtio->transport != transport)
		virtio = virtio->next;
	return virtio && virtio->is_started && !virtio->failed ? virtio : NULL;
}

void ukd_virtio_used(const struct ukd_device *dev)
{
	const struct ukd_virtio *virtio = of_transport(dev);

	if (virtio)
		interrupt_queues(virtio);
}

void ukd_virtio_changed(const struct ukd_device *dev)
{
	struct ukd_virtio *virtio = of_transport(dev);

	if (!virtio)
		return;
	if (status(virtio) & STATUS_NEEDS_RESET) {
		ukd_err(virtio->dev, "status: the device failed; it is reset and left");
		leave(virtio);
	}
	if (virtio->changed)
		virtio->changed(virtio->changed_arg);
}
