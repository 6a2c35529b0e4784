/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ring on memory that is as weakly ordered as the architecture allows.
 *
 * A store of the driver's becomes visible at any time later, before or after
 * its neighbours, but for what a barrier keeps apart. A load gives what memory
 * has now, or what it had at any time since the last barrier. The device runs
 * between any two accesses, and is ordered itself.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, B2.3 (what may be
 *         observed out of order; DMB).
 */
#include "model.h"

#include <ukd/dma.h>

#define SIZE		8U
#define STORES_MAX	256U
#define ROUNDS		30000U

/* The driver's stores that aren't visible yet, oldest first */

static struct store {
	void *at;
	unsigned int bytes;
	uint64_t value;
	unsigned int epoch;	/* of one epoch: in any order */
} stores[STORES_MAX];

static unsigned int store_count, epoch;

/* What loads may still give */
static unsigned char stale[4 + 8 * SIZE + 2];

static struct ukd_virtq *queue;
static bool has_event, has_table;

/* The device, by what it has seen and used */

static enum { RUNS, WISHES, SLEEPS } state;
static bool owes_look;		/* used one, hasn't looked whether to say so */
static bool is_interrupted;
static uint16_t seen, put, held[SIZE], held_count;
static uint32_t used_bytes[65536];
static unsigned int notified;

/* A buffer's address tells which it is: the number of those before it. */
static uint64_t address_of(uint16_t number)
{
	return ((uint64_t)number + 1) << 12;
}

static void see(void)
{
	unsigned int head = *model_available(0, 2 + (seen & (SIZE - 1)));
	uint64_t table = model.place[0].descriptors;
	struct model_descriptor one = model_read(table, head);

	if (one.flags & TABLE) {
		table = one.address;
		one = model_read(table, 0);
	}
	CHECK(one.address == address_of(seen) && one.size == 64);
	if (one.flags & NEXT) {
		one = model_read(table, one.next);
		CHECK(one.address == address_of(seen) + 64 && one.size == 64);
	}
	CHECK(one.flags == WRITE);
	held[held_count++] = (uint16_t)head;
	seen++;
}

static void use(void)
{
	unsigned int i = model_random(held_count);
	uint32_t bytes = 1 + model_random(64);

	used_bytes[model.used_next[0]] = bytes;
	model_use(0, held[i], bytes);
	held[i] = held[--held_count];
	owes_look = true;
}

static void look(void)
{
	uint16_t last = (uint16_t)(model.used_next[0] - 1);

	owes_look = false;
	if (has_event ? *model_used_event(0) == last :
			!(*model_available(0, 0) & 1))
		is_interrupted = true;
}

static void step_device(void)
{
	bool is_new = *model_available(0, 1) != seen;

	if (model.notified[0] != notified) {
		notified = model.notified[0];
		state = RUNS;
	}
	if (owes_look) {
		look();
	} else if (state == RUNS && is_new && held_count < SIZE) {
		see();
	} else if (held_count) {
		use();
	} else if (state == RUNS) {
		*model_used(0, 0) = 0;
		*model_avail_event(0) = seen;
		state = WISHES;
	} else if (state == WISHES) {
		state = is_new ? RUNS : SLEEPS;
		*model_used(0, 0) = is_new;
	}
}

/* Memory */

static void land(unsigned int which)
{
	memcpy(stores[which].at, &stores[which].value, stores[which].bytes);
	store_count--;
	memmove(&stores[which], &stores[which + 1],
		(store_count - which) * sizeof(stores[0]));
}

static bool may_land(unsigned int which)
{
	unsigned int i;

	for (i = 0; i < which; i++) {
		if (stores[i].epoch != stores[which].epoch ||
		    stores[i].at == stores[which].at)
			return false;
	}
	return true;
}

static void anything_happens(void)
{
	unsigned int which;

	if (store_count && !model_random(3)) {
		which = model_random(store_count);
		if (may_land(which))
			land(which);
	}
	while (!model_random(3))
		step_device();
}

void order_rmb(void)
{
	anything_happens();
	memcpy(stale, model_used(0, 0), sizeof(stale));
}

void order_wmb(void)
{
	epoch++;
}

void order_mb(void)
{
	while (store_count)
		land(0);
	if (queue)
		order_rmb();
}

void order_store(void *shared, unsigned int bytes, uint64_t value)
{
	CHECK(store_count < STORES_MAX);
	stores[store_count++] = (struct store){ shared, bytes, value, epoch };
	anything_happens();
}

uint64_t order_load(const void *shared, unsigned int bytes)
{
	const char *now = (const char *)model_used(0, 0);
	size_t at = (size_t)((const char *)shared - now);
	uint64_t value = 0;

	anything_happens();
	CHECK(at + bytes <= sizeof(stale));
	/* what was seen once isn't unseen */
	if (model_random(2))
		memcpy(stale + at, now + at, bytes);
	memcpy(&value, stale + at, bytes);
	return value;
}

/* The driver */

static uint16_t taken;

static void put_one(void)
{
	const struct ukd_segment segment[] = {
		{ address_of(put), 64 }, { address_of(put) + 64, 64 },
	};
	unsigned int count = 1 + model_random(2);

	if (ukd_virtq_add(queue, segment, 0, count, &queue) == 0)
		put++;
}

static void take_one(void)
{
	uint32_t written;

	if (!ukd_virtq_take(queue, &written))
		return;
	CHECK(taken != model.used_next[0]);
	CHECK(written == used_bytes[taken]);
	taken++;
}

/* All is visible at last, and the device has done what it was told of. */
static void wait_for_device(void)
{
	order_mb();
	while (state != SLEEPS || owes_look || held_count ||
	       model.notified[0] != notified)
		step_device();
}

static void publish(void)
{
	ukd_virtq_publish(queue);
	if (model_random(4))
		return;
	wait_for_device();
	CHECK(seen == put);
}

static void sleep_on_it(void)
{
	is_interrupted = false;
	if (!ukd_virtq_set_interrupt(queue, true)) {
		wait_for_device();
		CHECK(model.used_next[0] == taken || is_interrupted);
	}
	ukd_virtq_set_interrupt(queue, false);
}

static void start(uint64_t features)
{
	queue = NULL;
	has_event = features & EVENT;
	has_table = features & INDIRECT;
	store_count = 0;
	held_count = seen = put = taken = 0;
	notified = 0;
	state = RUNS;
	owes_look = false;
	queue = model_queue(features | VERSION_1, 2, SIZE, NULL, NULL);
	memcpy(stale, model_used(0, 0), sizeof(stale));
}

static void run(uint64_t features)
{
	unsigned int round;

	start(features);
	for (round = 0; round < ROUNDS; round++) {
		switch (model_random(8)) {
		case 0:
			publish();
			sleep_on_it();
			break;
		case 1:
		case 2:
			publish();
			break;
		case 3:
		case 4:
			put_one();
			break;
		default:
			take_one();
		}
		if (ukd_virtq_is_broken(queue))
			break;
	}
	CHECK(!ukd_virtq_is_broken(queue) && taken > ROUNDS / 16);
	ukd_virtio_stop(model_device);
	queue = NULL;
}

int main(void)
{
	run(0);
	run(EVENT);
	run(INDIRECT);
	run(EVENT | INDIRECT);
	return fake_report();
}
