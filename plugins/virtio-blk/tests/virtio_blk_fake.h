/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtio disk below the kit: its configuration, one queue, and a device that
 * answers what the test tells it to.
 */
#ifndef VIRTIO_BLK_FAKE_H
#define VIRTIO_BLK_FAKE_H

#include "../ukdriver_virtio_blk/c/virtio_blk.c"

#include <fake.h>

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX	1024
#define REQUESTS_MAX	512

static const struct ukd_device dev = { .path = "/virtio_mmio@a000000/device2" };

/* What the device is */

static uint64_t offered;	/* with those of the ring */
static uint8_t configuration[64];
static unsigned int configuration_size, queue_entries;
static int start_rc, queue_rc, go_rc, add_rc;
static unsigned int start_count, stop_count, go_count;

/* What the kit keeps */

struct entry {
	struct ukd_segment segment[3];
	unsigned int out, in;
	void *cookie;
	bool is_used;
	uint32_t written;
};

struct ukd_virtq {
	unsigned int size;
};

static struct ukd_virtq fake_queue;
static struct entry entries[ENTRIES_MAX];	/* in flight, oldest first */
static unsigned int entry_count, published, publish_count;
static bool has_no_room, is_broken, is_interrupt_on, is_live;
static void (*interrupt)(void *arg), (*changed)(void *arg);
static void *interrupt_arg, *changed_arg;

int ukd_virtio_start(const struct ukd_device *disk, uint64_t wanted,
		     uint64_t *agreed)
{
	const uint64_t ring = UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC) |
			      UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1);

	CHECK(disk == &dev && !is_live);
	start_count++;
	*agreed = offered & (wanted | ring);
	return start_rc;
}

int ukd_virtio_config(const struct ukd_device *disk, unsigned int offset,
		      void *to, unsigned int size)
{
	CHECK(disk == &dev);
	if (offset > configuration_size || size > configuration_size - offset)
		return -ERANGE;
	memcpy(to, configuration + offset, size);
	return 0;
}

int ukd_virtio_queue(const struct ukd_device *disk, unsigned int index,
		     unsigned int limit, void (*function)(void *arg), void *arg,
		     struct ukd_virtq **queue)
{
	CHECK(disk == &dev && index == 0 && !is_live && !entry_count);
	if (queue_rc)
		return queue_rc;
	fake_queue.size = queue_entries < limit ? queue_entries : limit;
	interrupt = function;
	interrupt_arg = arg;
	is_broken = false;
	*queue = &fake_queue;
	return 0;
}

int ukd_virtio_go(const struct ukd_device *disk)
{
	CHECK(disk == &dev);
	go_count++;
	is_live = !go_rc;
	return go_rc;
}

void ukd_virtio_stop(const struct ukd_device *disk)
{
	CHECK(disk == &dev);
	stop_count++;
	is_live = false;
}

void ukd_virtio_on_config(const struct ukd_device *disk,
			  void (*function)(void *arg), void *arg)
{
	CHECK(disk == &dev);
	changed = function;
	changed_arg = arg;
}

/* A request without indirect descriptors is as many entries as it has parts. */
int ukd_virtq_add(struct ukd_virtq *queue, const struct ukd_segment *segment,
		  unsigned int out, unsigned int in, void *cookie)
{
	struct entry *entry = &entries[entry_count];
	unsigned int i, used = 1;

	CHECK(queue == &fake_queue && is_live && !is_broken && cookie);
	CHECK(out >= 1 && in >= 1 && out + in <= 3);
	for (i = 0; i < entry_count; i++) {
		CHECK(entries[i].cookie != cookie);
		used++;
	}
	if (!(offered & UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC)))
		used *= 3;
	if (has_no_room || used > queue->size)
		return -ENOMEM;
	*entry = (struct entry){ .out = out, .in = in, .cookie = cookie };
	memcpy(entry->segment, segment, (out + in) * sizeof(*segment));
	entry_count++;
	return 0;
}

void ukd_virtq_publish(struct ukd_virtq *queue)
{
	CHECK(queue == &fake_queue && published < entry_count);
	published = entry_count;
	publish_count++;
}

static void forget(unsigned int i)
{
	entry_count--;
	published = entry_count;
	memmove(&entries[i], &entries[i + 1],
		(entry_count - i) * sizeof(*entries));
}

void *ukd_virtq_take(struct ukd_virtq *queue, uint32_t *written)
{
	unsigned int i;

	CHECK(queue == &fake_queue);
	for (i = 0; i < entry_count && !is_broken; i++) {
		void *cookie = entries[i].cookie;

		if (!entries[i].is_used)
			continue;
		*written = entries[i].written;
		forget(i);
		return cookie;
	}
	return NULL;
}

void *ukd_virtq_recover(struct ukd_virtq *queue)
{
	void *cookie = entries[0].cookie;

	CHECK(queue == &fake_queue && !is_live);
	if (!entry_count)
		return NULL;
	forget(0);
	return cookie;
}

unsigned int ukd_virtq_size(const struct ukd_virtq *queue)
{
	return queue->size;
}

bool ukd_virtq_set_interrupt(struct ukd_virtq *queue, bool is_on)
{
	unsigned int i;

	CHECK(queue == &fake_queue);
	is_interrupt_on = is_on;
	for (i = 0; i < entry_count; i++) {
		if (entries[i].is_used)
			return is_on;
	}
	return false;
}

bool ukd_virtq_is_broken(const struct ukd_virtq *queue)
{
	CHECK(queue == &fake_queue);
	return is_broken;
}

/* The host */

static const struct ukd_block_ops *ops;
static void *disk;
static struct ukd_block_info info;
static unsigned int wake_count;

int ukd_block_add(const struct ukd_device *added,
		  const struct ukd_block_ops *added_ops, void *self,
		  const struct ukd_block_info *added_info)
{
	CHECK(added == &dev);
	if (add_rc)
		return add_rc;
	ops = added_ops;
	disk = self;
	info = *added_info;
	return 0;
}

static inline void wake(void *host)
{
	CHECK(host == &wake_count);
	wake_count++;
}

static struct ukd_block_request requests[REQUESTS_MAX];
static struct ukd_block_request *list[REQUESTS_MAX];
static unsigned int done_count[REQUESTS_MAX], done_total;
static int done_status[REQUESTS_MAX];
static char data[1 << 16];

static inline void done(struct ukd_block_request *request, int result)
{
	unsigned int i = (unsigned int)(request - requests);

	CHECK(request->cookie == &requests[i]);
	done_count[i]++;
	done_total++;
	done_status[i] = result;
}

static inline struct ukd_block_request *
make(unsigned int i, enum ukd_block_operation operation, uint64_t sector,
     uint32_t count)
{
	requests[i] = (struct ukd_block_request){
		.operation = operation,
		.sector = sector,
		.count = count,
		.data = data,
		.address = fake_dma_address(data),
		.done = done,
		.cookie = &requests[i],
	};
	list[i] = &requests[i];
	done_count[i] = 0;
	done_status[i] = 1;
	return list[i];
}

/* @return what submit() returned; it took all or none */
static inline int submit(unsigned int i, enum ukd_block_operation operation,
			 uint64_t sector, uint32_t count)
{
	unsigned int taken = 2;
	int rc;

	make(i, operation, sector, count);
	rc = ops->submit(disk, &list[i], 1, &taken);
	CHECK(taken == !rc);
	return rc;
}

/* The device: answer the i-th request in flight */

static inline void *at(const struct ukd_segment *segment)
{
	return fake_dma_memory(segment->address);
}

static inline struct virtio_blk_header header_of(unsigned int i)
{
	struct virtio_blk_header header;

	CHECK(entries[i].segment[0].size == sizeof(header));
	memcpy(&header, at(&entries[i].segment[0]), sizeof(header));
	return header;
}

static inline const struct ukd_segment *last_of(unsigned int i)
{
	return &entries[i].segment[entries[i].out + entries[i].in - 1];
}

static inline void answer(unsigned int i, uint8_t status, uint32_t written)
{
	CHECK(i < published && last_of(i)->size == 1);
	*(uint8_t *)at(last_of(i)) = status;
	entries[i].is_used = true;
	entries[i].written = written;
}

/* As it should be: everything was written that there is room for. */
static inline void answer_well(unsigned int i)
{
	answer(i, VIRTIO_BLK_S_OK,
	       1 + (entries[i].in == 2 ? entries[i].segment[1].size : 0));
}

/* Start again; a driver never gives a disk back, so this does */

static inline void set(unsigned int offset, uint64_t value, unsigned int size)
{
	memcpy(configuration + offset, &value, size);
}

static void end(void)
{
	if (!ops)
		return;
	virtio_blk_free_slots(disk);
	ukd_free(disk);
	CHECK(fake_held() == 0);
	ops = NULL;
}

/* A modern disk of 1 MiB with a queue of 128. */
static inline void reset(void)
{
	end();
	fake_reset();
	offered = UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1) |
		  UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC) |
		  UKD_VIRTIO_BIT(VIRTIO_BLK_F_FLUSH);
	memset(configuration, 0, sizeof(configuration));
	configuration_size = 60;
	set(VIRTIO_BLK_CAPACITY, 2048, 8);
	queue_entries = 128;
	start_rc = queue_rc = go_rc = add_rc = 0;
	start_count = stop_count = go_count = 0;
	entry_count = published = publish_count = 0;
	has_no_room = is_broken = is_live = false;
	is_interrupt_on = true;
	interrupt = NULL;
	changed = NULL;
	wake_count = done_total = 0;
}

static inline void offer(unsigned int feature)
{
	offered |= UKD_VIRTIO_BIT(feature);
}

static inline int probe(void)
{
	return ukd_driver_virtio_blk.probe(&dev, NULL);
}

static inline void start(void)
{
	CHECK(probe() == 0 && go_count == 0 && fake_log_count == 0);
	CHECK(ops->start(disk, wake, &wake_count) == 0 && go_count == 1);
	CHECK(!is_interrupt_on);
}

#endif /* VIRTIO_BLK_FAKE_H */
