/* SPDX-License-Identifier: BSD-3-Clause */
/* From the transport to the driver and back: features, queues, memory. */
#include "model.h"

static int cookies[256];
static unsigned int interrupts;
static uint64_t agreed;

static void on_interrupt(void *arg)
{
	(void)arg;
	interrupts++;
}

static int queue_rc(unsigned int index, unsigned int limit,
		    struct ukd_virtq **queue)
{
	return ukd_virtio_queue(model_device, index, limit, on_interrupt, NULL,
				queue);
}

static int start(void)
{
	return ukd_virtio_start(model_device, 0, &agreed);
}

/* Added */

static void only_with_a_driver(void)
{
	static const struct ukd_virtio_ops none;

	CHECK(model_new(0, 2) == 0 && model_device && model.in_use == 1);
	model.has_driver = false;
	CHECK(ukd_virtio_add(&model_transport, &none, NULL, 0xffffffff, 2) ==
	      -ENODEV);
	model.has_driver = true;
	model.add_rc = -ENOMEM;
	CHECK(ukd_virtio_add(&model_transport, &none, NULL, 1, 2) == -ENOMEM);
	model.add_rc = 0;
	model.fail_at = 1;
	CHECK(ukd_virtio_add(&model_transport, &none, NULL, 1, 2) == -ENOMEM);
	CHECK(model.in_use == 1 && fake_log_count == 0);
}

/* Features and status */

static void a_modern_device(void)
{
	CHECK(!model_new(VERSION_1 | INDIRECT | EVENT | 0x20 | 0x40, 2));
	CHECK(!ukd_virtio_start(model_device, 0x20 | 0x80, &agreed));
	CHECK(agreed == (VERSION_1 | INDIRECT | EVENT | 0x20));
	CHECK(model.features == agreed && model.status == 0xb);
	CHECK(!ukd_virtio_go(model_device) && model.status == 0xf);
	CHECK(model.resets == 1 && fake_log_count == 0);
	ukd_virtio_stop(model_device);
	CHECK(model.status == 0 && model.resets == 2);
}

static void a_legacy_device(void)
{
	CHECK(!model_new(VERSION_1 | INDIRECT | 0x20, 1));
	CHECK(!ukd_virtio_start(model_device, UINT64_MAX, &agreed));
	CHECK(agreed == (INDIRECT | 0x20) && model.features == agreed);
	CHECK(!(model.statuses & 8) && model.status == 3);
	CHECK(!ukd_virtio_go(model_device) && model.status == 7);
}

static void features_refused(void)
{
	CHECK(!model_new(VERSION_1 | INDIRECT, 2));
	model.refuses = true;
	CHECK(start() == -ENOTSUP && model.status == 0x83);
	CHECK(fake_log_count == 1 && fake_logged("features: the device refused 0x110000000, wanted"));
	model.refuses = false;
	CHECK(start() == 0 && model.status == 0xb);

	CHECK(!model_new(INDIRECT, 2));
	CHECK(start() == -ENOTSUP && model.status == 0x83);
	CHECK(!(model.statuses & 8) && fake_log_count == 1);
	CHECK(fake_logged("features: the device refused 0x10000000, wanted 0x100000000 among them"));
	/* nobody is called for a device that isn't started */
	ukd_virtio_on_config(model_device, on_interrupt, NULL);
	interrupts = 0;
	ukd_virtio_changed(&model_transport);
	CHECK(!interrupts);
}

static void a_reset_that_never_ends(void)
{
	CHECK(!model_new(VERSION_1, 2));
	model.never_resets = true;
	CHECK(start() == -ETIMEDOUT && fake_log_count == 1);
	CHECK(fake_logged("status: the device didn't reset within 1000000 us\n"));
	ukd_virtio_stop(model_device);
	CHECK(start() == -ETIMEDOUT && fake_log_count == 1);
	model.never_resets = false;
	CHECK(start() == 0 && fake_log_count == 1);
	model.never_resets = true;
	ukd_virtio_stop(model_device);
	CHECK(fake_log_count == 2);
}

static void a_device_that_fails_at_its_start(void)
{
	static const uint8_t bits[] = { 0x40, 0x80 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		CHECK(!model_new(VERSION_1, 2) && !start());
		model.fails_with = bits[i];
		CHECK(ukd_virtio_go(model_device) == -ENODEV);
		CHECK(fake_log_count == 1);
		CHECK(fake_logged("status: the device failed at its start\n"));
	}
}

/* Configuration */

static void configuration(void)
{
	uint8_t bytes[32];
	uint64_t eight = 0;
	uint16_t two = 0;
	unsigned int i;

	CHECK(!model_new(VERSION_1, 2) && !start());
	for (i = 0; i < 32; i++)
		model.config[i] = (uint8_t)(i + 1);
	model.config_size = 20;
	CHECK(!ukd_virtio_config(model_device, 0, &eight, 8));
	CHECK(eight == 0x0807060504030201 && model.config_reads == 2);
	CHECK(!ukd_virtio_config(model_device, 6, &two, 2));
	CHECK(two == 0x0807 && model.config_reads == 3);
	CHECK(!ukd_virtio_config(model_device, 0, bytes, 6));
	CHECK(bytes[5] == 6 && model.config_reads == 9);
	CHECK(!ukd_virtio_config(model_device, 3, bytes, 5));
	CHECK(bytes[0] == 4 && bytes[4] == 8);
	CHECK(!ukd_virtio_config(model_device, 16, bytes, 4) && bytes[3] == 20);
	CHECK(ukd_virtio_config(model_device, 20, bytes, 1) == -ERANGE);
	CHECK(ukd_virtio_config(model_device, 16, bytes, 8) == -ERANGE);
	CHECK(ukd_virtio_config(model_device, UINT32_MAX - 3, bytes, 4) == -ERANGE);
	CHECK(fake_log_count == 0);
}

static void configuration_that_never_rests(void)
{
	uint32_t value;

	CHECK(!model_new(VERSION_1, 2) && !start());
	model.config_size = 4;
	model.rests_after = 5;
	CHECK(!ukd_virtio_config(model_device, 0, &value, 4));
	model.never_rests = true;
	CHECK(ukd_virtio_config(model_device, 0, &value, 4) == -ETIMEDOUT);
	CHECK(fake_log_count == 1);
	CHECK(fake_logged("configuration: changed in each of 16 reads\n"));
	CHECK(ukd_virtio_config(model_device, 0, &value, 4) == -ETIMEDOUT);
	CHECK(fake_log_count == 1 && model.config_reads < 64);
}

static void configuration_of_a_legacy_device(void)
{
	uint64_t value = 0;

	CHECK(!model_new(0, 1) && !start());
	model.config_size = 8;
	model.config[7] = 9;
	CHECK(!ukd_virtio_config(model_device, 0, &value, 8));
	CHECK(value >> 56 == 9 && model.config_reads == 4);	/* twice */
	model.flickers = true;
	CHECK(ukd_virtio_config(model_device, 0, &value, 8) == -ETIMEDOUT);
	CHECK(fake_log_count == 1);
}

/* Queues */

static void sizes(void)
{
	static const uint32_t bad[] = {
		3, 6, 255, 257, 32767, 32769, 65535, 65536, 0x80000000,
		UINT32_MAX,
	};
	static const uint32_t good[] = { 1, 2, 256, 32768 };
	struct ukd_virtq *queue;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK(!model_new(VERSION_1, 2) && !start());
		model.limit[0] = bad[i];
		queue = NULL;
		CHECK(queue_rc(0, 256, &queue) == -EINVAL && !queue);
		CHECK(fake_log_count == 1 && model.in_use == 1);
		CHECK(fake_logged(" entries, wanted a power of two up to 32768\n"));
	}
	CHECK(!model_new(VERSION_1, 2) && !start());
	model.limit[0] = 0;
	CHECK(queue_rc(0, 256, &queue) == -ENODEV);
	CHECK(queue_rc(MODEL_QUEUES, 256, &queue) == -ENODEV);
	CHECK(fake_log_count == 0 && model.in_use == 1);
	for (i = 0; i < 4; i++) {
		model.limit[1] = good[i];
		CHECK(!queue_rc(1, 32768, &queue));
		CHECK(ukd_virtq_size(queue) == good[i]);
	}
	model.limit[2] = 1024;
	CHECK(!queue_rc(2, 64, &queue) && ukd_virtq_size(queue) == 64);
	CHECK(model.place[2].size == 64 && ukd_virtq_room(queue) == 64);
}

static void segments_that_never_fit(void)
{
	struct ukd_segment segment[5] = { { 1, 1 }, { 2, 1 }, { 3, 1 } };
	struct ukd_virtq *queue;
	unsigned int i, size;

	for (i = 0; i < 2; i++) {
		for (size = 1; size <= 4; size *= 2) {
			queue = model_queue(VERSION_1 | (i ? INDIRECT : 0), 2,
					    size, NULL, NULL);
			CHECK(ukd_virtq_add(queue, segment, 1, size, cookies) ==
			      -EINVAL);
			CHECK(ukd_virtq_add(queue, segment, 0, 0, cookies) ==
			      -EINVAL);
			CHECK(!ukd_virtq_add(queue, segment, size, 0, cookies));
			CHECK(ukd_virtq_room(queue) ==
			      (i && size > 1 ? size - 1 : 0));
		}
	}
}

/* A chain is no longer than 32 bits tell; its length adds up. */
static void segments_that_are_long(void)
{
	struct ukd_segment segment[6] = {
		{ 1, 0x80000000 }, { 2, 0x7fffffff }, { 3, 1 },
	};
	struct ukd_virtq *queue;
	uint32_t written;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		queue = model_queue(VERSION_1 | (i ? INDIRECT : 0), 2, 8, NULL,
				    NULL);
		CHECK(ukd_virtq_add(queue, segment, 0, 3, cookies) == -EINVAL);
		CHECK(ukd_virtq_add(queue, segment, 2, 1, cookies) == -EINVAL);
		CHECK(ukd_virtq_room(queue) == 8);
		CHECK(!ukd_virtq_add(queue, segment, 0, 2, cookies));
		ukd_virtq_publish(queue);
		model_use(0, 0, UINT32_MAX);
		CHECK(ukd_virtq_take(queue, &written) == cookies);
		CHECK(written == UINT32_MAX && ukd_virtq_room(queue) == 8);
	}
}

static void doorbells(void)
{
	struct ukd_segment segment = { 1, 1 };
	struct ukd_virtq *queue;
	unsigned int bits;

	for (bits = 16; bits <= 32; bits += 16) {
		CHECK(!model_new(VERSION_1, 2) && !start());
		model.doorbell_bits = bits;
		CHECK(!queue_rc(3, 8, &queue));
		CHECK(!ukd_virtio_go(model_device));
		CHECK(!ukd_virtq_add(queue, &segment, 0, 1, cookies));
		ukd_virtq_publish(queue);
		ukd_virtq_publish(queue);
		CHECK(model.notified[3] == 1 && !model.notified[0]);
	}
}

/* Memory */

static void fill(struct ukd_virtq *queue, unsigned int count)
{
	struct ukd_segment segment[2] = { { 1, 1 }, { 2, 2 } };
	unsigned int i;

	for (i = 0; i < count; i++)
		CHECK(!ukd_virtq_add(queue, segment, 1, i & 1, &cookies[i]));
	ukd_virtq_publish(queue);
}

static void started_again_with_the_same_memory(void)
{
	struct ukd_virtq *queue, *before = NULL;
	unsigned int round, count, i;
	uint32_t written;
	long in_use = 0;

	CHECK(!model_new(VERSION_1 | INDIRECT | EVENT, 2));
	for (round = 0; round < 50; round++) {
		bool is_back[16] = { false };

		CHECK(!start() && !queue_rc(0, 16, &queue));
		CHECK(!ukd_virtio_go(model_device));
		CHECK(!before || queue == before);
		CHECK(!in_use || model.in_use == in_use);
		before = queue;
		in_use = model.in_use;
		CHECK(ukd_virtq_room(queue) == 16 && *model_used(0, 1) == 0);
		CHECK(*model_available(0, 1) == 0 && !*model_used_event(0));
		count = model_random(17);
		fill(queue, count);
		if (count > 2) {
			model_use(0, *model_available(0, 2 + 1), 2);
			CHECK(ukd_virtq_take(queue, &written) == &cookies[1]);
			is_back[1] = true;
			model_use(0, *model_available(0, 2), 0);
		}
		interrupts = 0;
		ukd_virtio_stop(model_device);
		ukd_virtio_used(&model_transport);
		ukd_virtio_changed(&model_transport);
		CHECK(!interrupts && !ukd_virtq_take(queue, &written));
		for (i = count > 2; i < count; i++) {
			int *cookie = ukd_virtq_recover(queue);

			CHECK(cookie && !is_back[cookie - cookies]);
			is_back[cookie ? cookie - cookies : 0] = true;
		}
		CHECK(!ukd_virtq_recover(queue) && !ukd_virtq_is_broken(queue));
	}
	CHECK(fake_log_count == 0);
}

/* The second time with other features, and another size. */
/* The rings of a device that was in use, and what it sees of them when told. */
static uint16_t *old_available, *old_used;
static unsigned int clean_barriers;

static void look_at_rings(void)
{
	CHECK(!model.place[0].size);	/* not told yet */
	clean_barriers += !old_available[0] && !old_available[1] &&
			  !old_used[0] && !old_used[1];
}

static void a_device_is_told_of_rings_that_are_clean(void)
{
	model_queue(VERSION_1, 2, 4, NULL, NULL);
	old_available = model_available(0, 0);
	old_used = model_used(0, 0);
	ukd_virtio_stop(model_device);
	CHECK(start() == 0);
	memset(old_available, 0xff, 4);
	memset(old_used, 0xff, 4);

	model_on_barrier = look_at_rings;
	clean_barriers = 0;
	CHECK(queue_rc(0, 4, &(struct ukd_virtq *){ NULL }) == 0);
	CHECK(model.place[0].size == 4 && clean_barriers == 1);
	model_on_barrier = NULL;
}

static void started_again_otherwise(void)
{
	struct ukd_virtq *queue, *other;
	long in_use;

	CHECK(!model_new(VERSION_1, 2) && !start());
	CHECK(!queue_rc(0, 16, &queue));
	in_use = model.in_use;
	ukd_virtio_stop(model_device);
	model.offered |= INDIRECT;
	model.fail_at = 1;
	CHECK(!start() && queue_rc(0, 16, &other) == -ENOMEM);
	CHECK(model.in_use == in_use);
	CHECK(!start() && !queue_rc(0, 16, &other) && other == queue);
	CHECK(!ukd_virtio_go(model_device));
	CHECK(model.in_use == in_use + 1);	/* tables */
	fill(queue, 16);
	CHECK(ukd_virtq_room(queue) == 0);
	model.offered &= ~INDIRECT;
	CHECK(!start() && !queue_rc(0, 16, &other) && other == queue);
	CHECK(!ukd_virtio_go(model_device));
	fill(queue, 4);
	CHECK(ukd_virtq_room(queue) == 10);	/* chains */
	model.limit[0] = 8;
	CHECK(!start() && !queue_rc(0, 16, &other) && other != queue);
	CHECK(ukd_virtq_size(other) == 8 && ukd_virtq_room(queue) == 0);
}

static void no_tables_without_the_feature(void)
{
	model_queue(VERSION_1, 2, 256, NULL, NULL);
	CHECK(model.in_use == 4 && model.dma_in_use < 3 * 4096);
	model_queue(VERSION_1 | INDIRECT, 2, 256, NULL, NULL);
	CHECK(model.in_use == 5);
	model_queue(VERSION_1 | INDIRECT, 2, 1, NULL, NULL);
	CHECK(model.in_use == 4);
}

static void every_allocation_fails_in_turn(void)
{
	struct ukd_virtq *queue;
	unsigned int nth, failures = 0;
	int rc = -ENOMEM;

	for (nth = 1; rc; nth++) {
		CHECK(!model_new(VERSION_1 | INDIRECT, 2) && !start());
		CHECK(model.in_use == 1 && model.dma_in_use == 0);
		queue = NULL;
		model.fail_at = nth;
		rc = queue_rc(0, 64, &queue);
		CHECK(rc == 0 || rc == -ENOMEM);
		failures += rc != 0;
		if (rc) {
			CHECK(!queue && model.in_use == 1);
			CHECK(model.dma_in_use == 0 && fake_log_count == 0);
			ukd_virtio_used(&model_transport);
			CHECK(!queue_rc(0, 64, &queue) && queue);
			CHECK(!ukd_virtio_go(model_device));
			fill(queue, 64);
		}
		ukd_virtio_stop(model_device);
	}
	CHECK(failures == 4);
}

/* The transport can't: kept for another start, and silent until then. */
static void a_queue_that_is_refused(void)
{
	struct ukd_virtq *queue = NULL;

	CHECK(!model_new(VERSION_1, 2) && !start());
	model.queue_rc = -EINVAL;
	CHECK(queue_rc(0, 8, &queue) == -EINVAL && !queue);
	interrupts = 0;
	ukd_virtio_used(&model_transport);
	CHECK(!interrupts);
	model.queue_rc = 0;
	CHECK(!queue_rc(0, 8, &queue) && queue && model.in_use == 4);
}

/* Interrupts */

static void interrupts_at_any_time(void)
{
	struct ukd_virtq *queue;

	CHECK(!model_new(VERSION_1, 2));
	interrupts = 0;
	ukd_virtio_on_config(model_device, on_interrupt, NULL);
	ukd_virtio_used(&model_transport);
	ukd_virtio_changed(&model_transport);
	CHECK(!interrupts && !model.resets);
	CHECK(!start());
	ukd_virtio_used(&model_transport);
	CHECK(!interrupts);
	ukd_virtio_changed(&model_transport);
	CHECK(interrupts == 1);
	CHECK(!queue_rc(0, 8, &queue) && !ukd_virtio_go(model_device));
	ukd_virtio_used(&model_transport);	/* nothing was used */
	CHECK(interrupts == 1);
	fill(queue, 1);
	model_use(0, 0, 0);
	ukd_virtio_used(&model_transport);
	CHECK(interrupts == 2);
	/* a start without a stop: the old queue is nobody's */
	CHECK(!start());
	ukd_virtio_used(&model_transport);
	CHECK(interrupts == 2 && ukd_virtq_room(queue) == 0);
}

int main(void)
{
	only_with_a_driver();
	a_modern_device();
	a_legacy_device();
	features_refused();
	a_reset_that_never_ends();
	a_device_that_fails_at_its_start();
	configuration();
	configuration_that_never_rests();
	configuration_of_a_legacy_device();
	sizes();
	segments_that_never_fit();
	segments_that_are_long();
	doorbells();
	started_again_with_the_same_memory();
	a_device_is_told_of_rings_that_are_clean();
	started_again_otherwise();
	no_tables_without_the_feature();
	every_allocation_fails_in_turn();
	a_queue_that_is_refused();
	interrupts_at_any_time();
	return fake_report();
}
