/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio network device behind the kit's queues, for the tests beside: the
 * driver itself, a device that keeps or breaks the rules, and a host. The
 * queues are lists, so that what is tested is the driver alone.
 */
#ifndef VIRTIO_NET_FAKE_H
#define VIRTIO_NET_FAKE_H

#include <fake.h>
#include <stdlib.h>
#include <string.h>
#include <ukd/errno.h>
#include <ukd/memory.h>
#include <ukd/net.h>
#include <ukd/virtio.h>

/* The kit's functions, under names that sim doesn't have */
#define ukd_virtio_start	net_start
#define ukd_virtio_queue	net_queue
#define ukd_virtio_go		net_go
#define ukd_virtio_stop		net_stop
#define ukd_virtio_config	net_config
#define ukd_virtio_on_config	net_on_config
#define ukd_virtq_add		net_add
#define ukd_virtq_publish	net_publish
#define ukd_virtq_take		net_take
#define ukd_virtq_room		net_room
#define ukd_virtq_size		net_size
#define ukd_virtq_set_interrupt	net_set_interrupt
#define ukd_virtq_is_broken	net_is_broken
#define ukd_virtq_recover	net_recover
#define ukd_net_add		net_host_add

#define QUEUE_MAX	256U
#define OPTION		8U	/* what these tests compile with */
#undef CONFIG_LIBUKDRIVER_VIRTIO_NET_QUEUE
#define CONFIG_LIBUKDRIVER_VIRTIO_NET_QUEUE 8

struct buffer {
	struct ukd_segment segment[2];
	unsigned int count;	/* of segments */
	uint32_t written;
	void *cookie;
};

struct ukd_virtq {
	struct buffer hidden[QUEUE_MAX];	/* added, not published */
	struct buffer ready[QUEUE_MAX];		/* the device has them */
	struct buffer used[QUEUE_MAX];		/* and is through with them */
	unsigned int hidden_count, ready_count, used_count;
	unsigned int size, entries;		/* of the ring, and taken in it */
	unsigned int publish_count;
	bool is_send, is_armed;
	void (*interrupt)(void *arg);
	void *arg;
};

/* The device that the calls are for: `dev` is its first member */
struct device {
	struct ukd_device dev;
	uint64_t offered, agreed;
	uint8_t config[12];
	unsigned int size[2];			/* of its queues; 0: none */
	struct ukd_virtq queue[2];
	void (*changed)(void *arg);
	void *changed_arg;
	bool is_going, is_broken;
	int start_error, config_error, go_error;
	unsigned int breaks_after;		/* so many used; 0: never */
	unsigned int start_count, stop_count;
	/* What it sent last */
	uint8_t sent[70000];
	uint32_t sent_size;
	struct {
		uint8_t flags, gso_type;
		uint16_t hdr_len, gso_size, csum_start, csum_offset;
		uint16_t num_buffers;
	} header;
	/* What the host was given */
	const struct ukd_net_ops *ops;
	void *self;
	struct ukd_net_info info;
	unsigned int wake_count;
	void *returned[1024];
	unsigned int returned_count;
};

static int host_error;

#define device_of(at) ((struct device *)(uintptr_t)(at))

/* The device's start and end */

static int net_start(const struct ukd_device *dev, uint64_t wanted,
		     uint64_t *agreed)
{
	struct device *device = device_of(dev);

	device->start_count++;
	if (device->start_error)
		return device->start_error;
	device->is_going = false;
	device->agreed = *agreed = wanted & device->offered;
	return 0;
}

static int net_queue(const struct ukd_device *dev, unsigned int index,
		     unsigned int limit, void (*interrupt)(void *arg),
		     void *arg, struct ukd_virtq **queue)
{
	struct device *device = device_of(dev);
	struct ukd_virtq *one = &device->queue[index];

	CHECK(index < 2 && limit == OPTION && !device->is_going);
	if (!device->size[index])
		return -ENODEV;
	memset(one, 0, sizeof(*one));
	one->size = device->size[index] < limit ? device->size[index] : limit;
	one->is_send = index == 1;
	one->interrupt = interrupt;
	one->arg = arg;
	one->is_armed = true;	/* as a queue is at first */
	*queue = one;
	return 0;
}

static int net_go(const struct ukd_device *dev)
{
	device_of(dev)->is_going = !device_of(dev)->go_error;
	return device_of(dev)->go_error;
}

static void net_stop(const struct ukd_device *dev)
{
	device_of(dev)->is_going = false;
	device_of(dev)->stop_count++;
}

static int net_config(const struct ukd_device *dev, unsigned int offset,
		      void *to, unsigned int size)
{
	struct device *device = device_of(dev);
	uint64_t feature = offset == 0 ? 5 : offset == 6 ? 16 : 3;

	/* A field is there only with its feature. */
	CHECK((offset == 0 && size == 6) || (offset == 6 && size == 2) ||
	      (offset == 10 && size == 2));
	CHECK(device->agreed >> feature & 1);
	if (device->config_error)
		return device->config_error;
	memcpy(to, device->config + offset, size);
	return 0;
}

static void net_on_config(const struct ukd_device *dev,
			  void (*changed)(void *arg), void *arg)
{
	device_of(dev)->changed = changed;
	device_of(dev)->changed_arg = arg;
}

/* Queues */

static struct device *owner_of(const struct ukd_virtq *queue)
{
	size_t offset = offsetof(struct device, queue) +
			(queue->is_send ? sizeof(*queue) : 0);

	return device_of((uintptr_t)queue - offset);
}

static int net_add(struct ukd_virtq *queue, const struct ukd_segment *segment,
		   unsigned int out, unsigned int in, void *cookie)
{
	struct buffer *buffer = &queue->hidden[queue->hidden_count];
	unsigned int count = out + in;

	CHECK(queue->is_send ? out && !in : in && !out);
	CHECK(cookie && count <= 2);
	if (owner_of(queue)->is_broken || queue->entries + count > queue->size)
		return -ENOMEM;
	queue->entries += count;
	queue->hidden_count++;
	*buffer = (struct buffer){ .count = count, .cookie = cookie };
	memcpy(buffer->segment, segment, count * sizeof(*segment));
	return 0;
}

static void net_publish(struct ukd_virtq *queue)
{
	memcpy(&queue->ready[queue->ready_count], queue->hidden,
	       queue->hidden_count * sizeof(*queue->hidden));
	queue->ready_count += queue->hidden_count;
	queue->hidden_count = 0;
	queue->publish_count++;
}

static struct buffer shift(struct buffer *list, unsigned int *count)
{
	struct buffer first = list[0];

	memmove(list, list + 1, --*count * sizeof(*list));
	return first;
}

static void *net_take(struct ukd_virtq *queue, uint32_t *written)
{
	struct buffer buffer;

	CHECK(owner_of(queue)->is_going || owner_of(queue)->is_broken);
	if (owner_of(queue)->is_broken || !queue->used_count)
		return NULL;
	buffer = shift(queue->used, &queue->used_count);
	queue->entries -= buffer.count;
	*written = buffer.written;
	if (owner_of(queue)->breaks_after && !--owner_of(queue)->breaks_after)
		owner_of(queue)->is_broken = true;
	return buffer.cookie;
}

static unsigned int net_room(const struct ukd_virtq *queue)
{
	return queue->size - queue->entries;
}

static unsigned int net_size(const struct ukd_virtq *queue)
{
	return queue->size;
}

static bool net_set_interrupt(struct ukd_virtq *queue, bool is_on)
{
	queue->is_armed = is_on;
	return is_on && queue->used_count;
}

static bool net_is_broken(const struct ukd_virtq *queue)
{
	return owner_of(queue)->is_broken;
}

static void *net_recover(struct ukd_virtq *queue)
{
	CHECK(!owner_of(queue)->is_going);
	if (queue->used_count)
		return shift(queue->used, &queue->used_count).cookie;
	if (queue->ready_count)
		return shift(queue->ready, &queue->ready_count).cookie;
	if (queue->hidden_count)
		return shift(queue->hidden, &queue->hidden_count).cookie;
	return NULL;
}

/* The host */

static int net_host_add(const struct ukd_device *dev,
			const struct ukd_net_ops *ops, void *self,
			const struct ukd_net_info *info)
{
	struct device *device = device_of(dev);

	if (host_error)
		return host_error;
	device->ops = ops;
	device->self = self;
	device->info = *info;
	return 0;
}

static void on_wake(void *host)
{
	CHECK(!device_of(host)->queue[0].is_armed);
	device_of(host)->wake_count++;
}

static void on_sent(void *host, void *cookie)
{
	struct device *device = device_of(host);

	CHECK(device->returned_count < 1024 && cookie);
	device->returned[device->returned_count++] = cookie;
}

static const struct ukd_net_calls calls = { on_wake, on_sent };

#include "../ukdriver_virtio_net/c/virtio_net.c"

_Static_assert(VIRTIO_NET_QUEUE == OPTION, "the tests' own");

/* What the device does */

static uint8_t *pointer(uint64_t address)
{
	return fake_dma_memory(address);
}

/* Write into a buffer, over its segments. @return how much there was room for */
static uint32_t fill(struct buffer *buffer, const uint8_t *from, uint32_t size)
{
	uint32_t done = 0;
	unsigned int i;

	for (i = 0; i < buffer->count; i++) {
		uint32_t part = buffer->segment[i].size;

		part = part < size - done ? part : size - done;
		memcpy(pointer(buffer->segment[i].address), from + done, part);
		done += part;
	}
	return done;
}

static uint32_t header_size(const struct device *device)
{
	return device->agreed & (VIRTIO_F_VERSION_1 | VIRTIO_NET_F_MRG_RXBUF) ?
	       12 : 10;
}

static void interrupt(struct device *device, unsigned int index)
{
	struct ukd_virtq *queue = &device->queue[index];

	if (queue->is_armed)
		queue->interrupt(queue->arg);
}

/* Use one receive buffer and claim whatever length. */
static void use(struct device *device, const void *bytes, uint32_t size,
		uint32_t claimed)
{
	struct ukd_virtq *queue = &device->queue[0];
	struct buffer buffer;

	CHECK(queue->ready_count);
	if (!queue->ready_count)
		return;
	buffer = shift(queue->ready, &queue->ready_count);
	CHECK(fill(&buffer, bytes, size) == size);
	buffer.written = claimed;
	queue->used[queue->used_count++] = buffer;
}

/* A frame arrives, in one buffer or, with `room`, in parts of at most that. */
static void arrive(struct device *device, const uint8_t *frame, uint32_t size,
		   uint8_t flags, uint16_t start, uint16_t offset, uint32_t room)
{
	struct virtio_net_header header = {
		.flags = flags, .csum_start = start, .csum_offset = offset,
	};
	static uint8_t bytes[80000];
	uint32_t total = size + header_size(device), done, part;

	room = room ? room : total;
	header.num_buffers = (uint16_t)((total + room - 1) / room);
	memcpy(bytes, &header, header_size(device));
	memcpy(bytes + header_size(device), frame, size);
	for (done = 0; done < total; done += part) {
		part = total - done < room ? total - done : room;
		use(device, bytes + done, part, part);
	}
	interrupt(device, 0);
}

/* Send one frame of the ring. @return whether there was one */
static bool transmit(struct device *device)
{
	static uint8_t bytes[80000];
	struct ukd_virtq *queue = &device->queue[1];
	uint32_t size = 0, header = header_size(device);
	struct buffer buffer;
	unsigned int i;

	if (!queue->ready_count)
		return false;
	buffer = shift(queue->ready, &queue->ready_count);
	for (i = 0; i < buffer.count; i++) {
		memcpy(bytes + size, pointer(buffer.segment[i].address),
		       buffer.segment[i].size);
		size += buffer.segment[i].size;
	}
	CHECK(size >= header);
	memset(&device->header, 0, sizeof(device->header));
	memcpy(&device->header, bytes, header);
	device->sent_size = size - header;
	memcpy(device->sent, bytes + header, device->sent_size);
	queue->used[queue->used_count++] = buffer;
	interrupt(device, 1);
	return true;
}

/* Beginning */

#define MODERN	(VIRTIO_F_VERSION_1 | VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS)
#define EVERY	(MODERN | VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM |	\
		 VIRTIO_NET_F_MTU | VIRTIO_NET_F_MRG_RXBUF |		\
		 VIRTIO_F_ANY_LAYOUT)

static struct device one, other;

static void prepare(struct device *device, const char *path, uint64_t offered)
{
	static const uint8_t config[12] = {
		0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, 1, 0, 0xdc, 5,
	};

	memset(device, 0, sizeof(*device));
	device->dev.path = path;
	device->offered = offered;
	device->size[0] = device->size[1] = QUEUE_MAX;
	memcpy(device->config, config, sizeof(config));
}

static int probe(struct device *device)
{
	return ukd_driver_virtio_net.probe(&device->dev, NULL);
}

static void begin(uint64_t offered)
{
	fake_reset();
	prepare(&one, "/virtio@a000000", offered);
	CHECK(probe(&one) == 0);
	CHECK(one.ops->start(one.self, &calls, &one) == 0);
	CHECK(one.is_going && !one.queue[0].is_armed && !one.queue[1].is_armed);
}

/* Have the driver forgotten: it never gives its memory back by itself. */
static void end(struct device *device)
{
	struct virtio_net *net = device->self;

	if (!net)
		return;
	device->ops->stop(net);
	if (net->headers)
		ukd_dma_free(net->dev, net->headers,
			     net->slot_count * sizeof(*net->headers));
	ukd_free(net->slots);
	ukd_free(net);
	device->self = NULL;
}

/* Buffers of the host, each with headroom and nothing behind */

static struct ukd_frame buffer_of(uint32_t size)
{
	uint8_t *memory = malloc(16 + size);
	struct ukd_frame frame = { .data = memory + 16, .size = size };

	memset(memory, 0xee, 16 + size);	/* stale bytes */
	frame.address = fake_dma_address(frame.data);
	frame.cookie = memory;
	return frame;
}

static unsigned int supply(struct device *device, unsigned int count,
			   uint32_t size)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct ukd_frame frame = buffer_of(size);

		if (!device->ops->supply(device->self, &frame, 1)) {
			free(frame.cookie);
			break;
		}
	}
	return i;
}

static int receive(struct device *device, struct ukd_frame *frame,
		   unsigned int max)
{
	return device->ops->receive(device->self, frame, max);
}

static int send(struct device *device, const struct ukd_frame *frame,
		unsigned int count)
{
	return device->ops->send(device->self, frame, count);
}

/* Free what came back. @return how many */
static unsigned int give_up(struct device *device)
{
	unsigned int i, count = device->returned_count;

	for (i = 0; i < count; i++)
		free(device->returned[i]);
	device->returned_count = 0;
	return count;
}

static void number(uint8_t *bytes, uint32_t size, unsigned int seed)
{
	uint32_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)(seed + i * 7 + (i >> 8));
}

#endif /* VIRTIO_NET_FAKE_H */
