/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that break the rules of a queue: said once, reset, and left. */
#include "model.h"

static int cookies[256];
static unsigned int interrupts;

static void on_interrupt(void *arg)
{
	(void)arg;
	interrupts++;
}

/* Queue 0 with that many buffers of 100 bytes to write to in it. */
static struct ukd_virtq *filled(uint64_t features, unsigned int size,
				unsigned int count)
{
	struct ukd_virtq *queue = model_queue(VERSION_1 | features, 2, size,
					      on_interrupt, NULL);
	struct ukd_segment segment = { 0x1000, 100 };
	unsigned int i;

	interrupts = 0;
	for (i = 0; i < count; i++)
		CHECK(!ukd_virtq_add(queue, &segment, 0, 1, &cookies[i]));
	ukd_virtq_publish(queue);
	return queue;
}

/* Nothing works any more, and what the device had comes back once. */
static void check_left(struct ukd_virtq *queue, unsigned int had,
		       const char *text)
{
	struct ukd_segment segment = { 0x1000, 100 };
	unsigned int resets = model.resets, count = 0, notified;
	bool is_back[256] = { false };
	uint64_t agreed;
	uint32_t written;
	int *cookie;

	CHECK(fake_log_count == 1 && fake_logged(text));
	CHECK(fake_logged("err: /virtio@a000000/device1: "));
	CHECK(model.status == 0 && resets == 2);
	CHECK(ukd_virtq_is_broken(queue));
	CHECK(interrupts == 1);	/* whoever waits looks again */

	notified = model.notified[0];
	CHECK(!ukd_virtq_take(queue, &written) && ukd_virtq_room(queue) == 0);
	CHECK(ukd_virtq_add(queue, &segment, 0, 1, &cookies[0]) == -ENOMEM);
	ukd_virtq_publish(queue);
	CHECK(model.notified[0] == notified);
	CHECK(ukd_virtq_set_interrupt(queue, true));
	CHECK(!ukd_virtq_set_interrupt(queue, false));
	ukd_virtio_used(&model_transport);
	ukd_virtio_changed(&model_transport);
	CHECK(interrupts == 1 && fake_log_count == 1);

	ukd_virtio_stop(model_device);
	while ((cookie = ukd_virtq_recover(queue))) {
		CHECK(!is_back[cookie - cookies]);
		is_back[cookie - cookies] = true;
		count++;
	}
	CHECK(count == had && !ukd_virtq_recover(queue));
	CHECK(ukd_virtq_is_broken(queue) && fake_log_count == 1);
	CHECK(ukd_virtio_start(model_device, 0, &agreed) == -EIO);
	CHECK(ukd_virtio_go(model_device) == -ENODEV);
}

static void check_broken(struct ukd_virtq *queue, unsigned int had,
			 const char *text)
{
	uint32_t written = 77;

	CHECK(!ukd_virtq_take(queue, &written) && written == 77);
	check_left(queue, had, text);
}

static const uint64_t features[] = { 0, EVENT, INDIRECT | EVENT };

#define FEATURES_COUNT	(sizeof(features) / sizeof(*features))

/* What is in the used ring */

static void ids_out_of_range(void)
{
	static const uint32_t ids[] = {
		8, 9, 0x7fff, 0x8000, 0xffff, 0x10000, 0x10001, 0x80000000,
		UINT32_MAX,
	};
	struct ukd_virtq *queue;
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(*ids) * FEATURES_COUNT; i++) {
		queue = filled(features[i % FEATURES_COUNT], 8, 8);
		model_use(0, ids[i / FEATURES_COUNT], 100);
		check_broken(queue, 8, "queue 0: used buffer isn't the device's, it is ");
	}
}

static void ids_not_in_flight(void)
{
	struct ukd_virtq *queue = filled(0, 8, 3);

	model_use(0, 3, 1);	/* free, in range */
	check_broken(queue, 3, "used buffer isn't the device's, it is 3; the device is reset and left\n");
}

static void ids_twice(void)
{
	struct ukd_virtq *queue = filled(0, 8, 3);
	uint32_t written;

	model_use(0, 1, 50);
	model_use(0, 1, 50);
	CHECK(ukd_virtq_take(queue, &written) == &cookies[1] && written == 50);
	check_broken(queue, 2, "used buffer isn't the device's, it is 1;");
}

/* The second descriptor of a chain is nothing that was offered. */
static void ids_amid_a_chain(void)
{
	struct ukd_virtq *queue = filled(0, 8, 0);
	struct ukd_segment segment[3] = { { 1, 1 }, { 2, 2 }, { 3, 3 } };

	CHECK(!ukd_virtq_add(queue, segment, 1, 2, &cookies[0]));
	ukd_virtq_publish(queue);
	model_use(0, model_read(model.place[0].descriptors, 0).next, 0);
	check_broken(queue, 1, "used buffer isn't the device's, it is 1;");
}

static void lengths_beyond_the_room(void)
{
	static const uint32_t lengths[] = { 101, 0x80000000, UINT32_MAX };
	struct ukd_segment segment[2] = { { 1, 60 }, { 2, 40 } };
	struct ukd_virtq *queue;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		queue = filled(features[i], 8, 1);
		model_use(0, 0, lengths[i]);
		check_broken(queue, 1, "used length is beyond the buffer, it is ");
	}

	/* what it reads is no room to write to */
	queue = filled(0, 8, 0);
	CHECK(!ukd_virtq_add(queue, segment, 1, 1, &cookies[0]));
	ukd_virtq_publish(queue);
	model_use(0, 0, 41);
	check_broken(queue, 1, "used length is beyond the buffer, it is 41;");

	queue = filled(0, 8, 0);
	CHECK(!ukd_virtq_add(queue, segment, 1, 0, &cookies[0]));
	ukd_virtq_publish(queue);
	model_use(0, 0, 1);
	check_broken(queue, 1, "used length is beyond the buffer, it is 1;");
}

/* A legacy device may say what it likes; it is cut to what there is. */
static void lengths_of_a_legacy_device(void)
{
	struct ukd_virtq *queue = model_queue(0, 1, 8, on_interrupt, NULL);
	struct ukd_segment segment[2] = { { 1, 60 }, { 2, 40 } };
	uint32_t written;

	CHECK(!ukd_virtq_add(queue, segment, 1, 1, &cookies[0]));
	CHECK(!ukd_virtq_add(queue, segment, 1, 0, &cookies[1]));
	ukd_virtq_publish(queue);
	model_use(0, 0, UINT32_MAX);
	model_use(0, 2, 60);
	CHECK(ukd_virtq_take(queue, &written) == &cookies[0] && written == 40);
	CHECK(ukd_virtq_take(queue, &written) == &cookies[1] && written == 0);
	CHECK(!ukd_virtq_is_broken(queue) && fake_log_count == 0);
	model_use(0, 0, 0);	/* not in flight: that is no matter of taste */
	*model_used(0, 1) = 7;
	CHECK(!ukd_virtq_take(queue, &written) && ukd_virtq_is_broken(queue));
	CHECK(fake_log_count == 1);
}

/* The used index */

static void indexes_that_jump(void)
{
	static const uint16_t indexes[] = {
		5, 6, 9, 256, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff,
	};
	struct ukd_virtq *queue;
	unsigned int i;

	for (i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		queue = filled(features[i % FEATURES_COUNT], 8, 4);
		*model_used(0, 1) = indexes[i];
		check_broken(queue, 4, "queue 0: used index is ");
	}
}

static void indexes_that_go_back(void)
{
	struct ukd_virtq *queue = filled(0, 8, 4);
	uint32_t written;

	model_use(0, 0, 1);
	model_use(0, 1, 1);
	CHECK(ukd_virtq_take(queue, &written) == &cookies[0]);
	CHECK(ukd_virtq_take(queue, &written) == &cookies[1]);
	*model_used(0, 1) = 1;
	check_broken(queue, 2, "queue 0: used index is 1;");
}

/* Put in, but the device wasn't shown it yet. */
static void what_was_not_published(void)
{
	struct ukd_virtq *queue = filled(0, 8, 1);
	struct ukd_segment segment = { 1, 1 };

	CHECK(!ukd_virtq_add(queue, &segment, 0, 1, &cookies[1]));
	model_use(0, 0, 1);
	*model_used(0, 1) = 2;
	check_broken(queue, 2, "queue 0: used index is 2;");
}

/* In the midst of the work: between the index and the entry. */
static void rewrite_on_barrier(void)
{
	uint32_t id = 200;

	model_on_barrier = NULL;
	memcpy(model_used(0, 2), &id, sizeof(id));
}

static void entries_that_change_meanwhile(void)
{
	struct ukd_virtq *queue = filled(0, 8, 2);

	model_use(0, 0, 1);
	model_on_barrier = rewrite_on_barrier;
	check_broken(queue, 2, "used buffer isn't the device's, it is 200;");
}

/* Memory that is the driver's to write: the device does so all the same */

static void descriptors_rewritten(void)
{
	struct ukd_segment segment[6] = {
		{ 1, 10 }, { 2, 10 }, { 3, 10 }, { 4, 10 }, { 5, 10 }, { 6, 10 },
	};
	struct ukd_virtq *queue;
	uint32_t written;
	unsigned int i;

	for (i = 0; i < 100 * FEATURES_COUNT; i++) {
		uint16_t head;

		queue = filled(features[i % FEATURES_COUNT], 16, 0);
		CHECK(!ukd_virtq_add(queue, segment, 2, 4, &cookies[0]));
		CHECK(!ukd_virtq_add(queue, segment, 0, 2, &cookies[1]));
		CHECK(!ukd_virtq_add(queue, segment, 0, 1, &cookies[2]));
		ukd_virtq_publish(queue);
		head = *model_available(0, 2);
		memset(model_memory(model.place[0].descriptors),
		       (int)model_random(256), 16 * 16);
		memset(model_available(0, 0), (int)model_random(256),
		       6 + 2 * 16);
		model_use(0, head, 40);
		CHECK(ukd_virtq_take(queue, &written) == &cookies[0]);
		CHECK(written == 40 && fake_log_count == 0);
		ukd_virtio_stop(model_device);
		CHECK(ukd_virtq_recover(queue) && ukd_virtq_recover(queue));
		CHECK(!ukd_virtq_recover(queue));
	}
}

/* One after the other, without a new start in between. */
static void rings_rewritten_all_the_time(void)
{
	struct ukd_segment segment[3] = { { 1, 10 }, { 2, 10 }, { 3, 10 } };
	struct ukd_virtq *queue = filled(0, 16, 0);
	unsigned int round, count;
	uint32_t written;

	for (round = 0; round < 3000; round++) {
		uint16_t head;

		count = 1 + model_random(3);
		CHECK(!ukd_virtq_add(queue, segment, 0, count, &cookies[0]));
		ukd_virtq_publish(queue);
		head = *model_available(0, 2 + (round & 15));
		memset(model_memory(model.place[0].descriptors), 0xff, 16 * 16);
		memset(model_available(0, 2), 0xff, 2 + 2 * 16);
		model_use(0, head, 10 * count);
		CHECK(ukd_virtq_take(queue, &written) == &cookies[0]);
		CHECK(written == 10 * count && ukd_virtq_room(queue) == 16);
	}
	CHECK(fake_log_count == 0);
}

/* All queues of the device */

static void all_queues_are_broken(void)
{
	struct ukd_segment segment = { 1, 10 };
	struct ukd_virtq *queue[3];
	unsigned int i, counts[3] = { 0 };
	uint64_t agreed;
	uint32_t written;

	CHECK(!model_new(VERSION_1, 2));
	CHECK(!ukd_virtio_start(model_device, 0, &agreed));
	for (i = 0; i < 3; i++)
		CHECK(!ukd_virtio_queue(model_device, i, 16, on_interrupt,
					NULL, &queue[i]));
	CHECK(!ukd_virtio_go(model_device));
	for (i = 0; i < 3; i++) {
		CHECK(!ukd_virtq_add(queue[i], &segment, 0, 1, &cookies[i]));
		ukd_virtq_publish(queue[i]);
	}
	interrupts = 0;
	model_use(1, 5, 1);
	model_use(2, 0, 1);
	CHECK(!ukd_virtq_take(queue[1], &written));
	CHECK(fake_logged("queue 1: used buffer isn't the device's, it is 5;"));
	CHECK(fake_log_count == 1 && interrupts == 3 && model.resets == 2);
	for (i = 0; i < 3; i++) {
		CHECK(ukd_virtq_is_broken(queue[i]));
		CHECK(!ukd_virtq_take(queue[i], &written));
	}
	ukd_virtio_stop(model_device);
	for (i = 0; i < 3; i++) {
		while (ukd_virtq_recover(queue[i]))
			counts[i]++;
		CHECK(counts[i] == 1);
	}
}

/* It fails, and says so */

static unsigned int changes;

static void on_change(void *arg)
{
	CHECK(arg == &changes);
	changes++;
}

static void a_device_that_needs_a_reset(void)
{
	struct ukd_virtq *queue = filled(0, 8, 2);

	changes = 0;
	ukd_virtio_on_config(model_device, on_change, &changes);
	ukd_virtio_changed(&model_transport);
	CHECK(changes == 1 && !ukd_virtq_is_broken(queue));
	model.status |= 0x40;
	model_use(0, 0, 1);
	ukd_virtio_changed(&model_transport);
	CHECK(changes == 2);
	check_left(queue, 2, "status: the device failed; it is reset and left\n");
	CHECK(changes == 2);
}

static void a_reset_that_never_ends(void)
{
	struct ukd_virtq *queue = filled(0, 8, 2);
	uint64_t before = fake_time_us(), agreed;
	uint32_t written;

	model.never_resets = true;
	model_use(0, 7, 1);
	CHECK(!ukd_virtq_take(queue, &written) && ukd_virtq_is_broken(queue));
	CHECK(fake_log_count == 2 && interrupts == 1);
	CHECK(fake_logged("status: the device didn't reset within 1000000 us\n"));
	CHECK(fake_time_us() - before < 1100000);
	ukd_virtio_stop(model_device);
	CHECK(fake_log_count == 2);
	CHECK(ukd_virtio_start(model_device, 0, &agreed) == -EIO);
}

int main(void)
{
	ids_out_of_range();
	ids_not_in_flight();
	ids_twice();
	ids_amid_a_chain();
	lengths_beyond_the_room();
	lengths_of_a_legacy_device();
	indexes_that_jump();
	indexes_that_go_back();
	what_was_not_published();
	entries_that_change_meanwhile();
	descriptors_rewritten();
	rings_rewritten_all_the_time();
	all_queues_are_broken();
	a_device_that_needs_a_reset();
	a_reset_that_never_ends();
	return fake_report();
}
