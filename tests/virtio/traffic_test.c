/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random traffic against a reference model: the device runs at every barrier
 * of the driver, and between its calls. Both sleep when they are told that
 * they will be woken; whoever sleeps with work to do missed a wake-up.
 */
#include "model.h"

#define SIZE_MAX_HERE	32768U
#define SEGMENTS_MAX	9U

/* A buffer that was put in: what the device has to find. */
struct buffer {
	struct ukd_segment segment[SEGMENTS_MAX];
	unsigned int out, in;
	uint32_t room;
	uint32_t written;
	bool is_out;		/* with the device, or on the way */
};

static struct buffer buffers[SIZE_MAX_HERE];
static unsigned int spare[SIZE_MAX_HERE], spare_count;

/* In the order they were put in; what the device has seen; what it used */
static unsigned int order[65536], held[SIZE_MAX_HERE], held_head[SIZE_MAX_HERE];
static unsigned int held_count, done[65536];
static uint16_t seen, added, taken, published;

static struct ukd_virtq *queue;
static unsigned int queue_size, queue_room;
static bool has_event, has_table;

static enum { RUNS, WISHES, SLEEPS } device_state;
static bool owes_check;		/* used the index, hasn't looked at the wish */
static uint16_t used_before;
static bool driver_waits;
static unsigned int interrupts, wakes, notified_before;
static unsigned long total;

/* The driver's interrupt */

static void on_interrupt(void *arg)
{
	CHECK(arg == &queue);
	interrupts++;
	if (!driver_waits)
		return;
	driver_waits = false;
	wakes++;
	ukd_virtq_set_interrupt(queue, false);
}

/* The device */

/* Compare a chain with what was put in. */
static void check_chain(unsigned int head, const struct buffer *buffer)
{
	unsigned int count = buffer->out + buffer->in, i, at = head;
	uint64_t table = model.place[0].descriptors;
	struct model_descriptor one = model_read(table, head);

	CHECK(head < queue_size);
	if (has_table && count > 1 && count <= 4 && count <= queue_size) {
		CHECK(one.flags == TABLE && one.size == 16 * count);
		CHECK(one.address % 16 == 0);
		table = one.address;
		at = 0;
	}
	for (i = 0; i < count; i++) {
		one = model_read(table, at);
		CHECK(one.address == buffer->segment[i].address);
		CHECK(one.size == buffer->segment[i].size);
		CHECK(one.flags == ((i + 1 < count ? NEXT : 0) |
				    (i >= buffer->out ? WRITE : 0)));
		at = one.next;
	}
}

static void see(void)
{
	unsigned int head = *model_available(0, 2 + (seen & (queue_size - 1)));
	unsigned int which = order[seen++];

	CHECK(buffers[which].is_out && held_count < queue_size);
	check_chain(head, &buffers[which]);
	held[held_count] = which;
	held_head[held_count++] = head;
}

static void use(void)
{
	unsigned int i = model_random(held_count), which = held[i];
	struct buffer *buffer = &buffers[which];

	if (!owes_check)
		used_before = model.used_next[0];
	owes_check = true;
	buffer->written = model_random(4) ? buffer->room :
			  (uint32_t)(model_random64() % (buffer->room + 1ULL));
	done[model.used_next[0]] = which;
	model_use(0, held_head[i], buffer->written);
	held[i] = held[--held_count];
	held_head[i] = held_head[held_count];
}

/* Whether one of these indexes was the one to say something at. */
static bool is_passed(uint16_t event, uint16_t from, uint16_t to)
{
	for (; from != to; from++) {
		if (from == event)
			return true;
	}
	return false;
}

static void check_wish(void)
{
	bool is_wanted = has_event ?
		is_passed(*model_used_event(0), used_before, model.used_next[0]) :
		!(*model_available(0, 0) & 1);

	CHECK(!has_event || *model_available(0, 0) == 0);
	owes_check = false;
	if (is_wanted)
		ukd_virtio_used(&model_transport);
}

static void wish(bool is_on)
{
	if (has_event)
		*model_avail_event(0) = is_on ? seen : (uint16_t)(seen - 1);
	else
		*model_used(0, 0) = !is_on;
}

/* One step; a notification is seen at the next one. */
static void device_step(void)
{
	bool has_more = *model_available(0, 1) != seen;

	if (model.notified[0] != notified_before) {
		notified_before = model.notified[0];
		device_state = RUNS;
		wish(false);
	}
	if (owes_check && model_random(2))
		check_wish();
	else if (held_count && model_random(2))
		use();
	else if (device_state == SLEEPS)
		return;
	else if (has_more)
		see();
	else if (device_state == RUNS)
		wish(true), device_state = WISHES;
	else
		device_state = SLEEPS;
	if (device_state == WISHES && has_more)
		device_state = RUNS;
}

static void on_barrier(void)
{
	unsigned int steps = model_random(4);

	while (steps--)
		device_step();
}

/* The driver */

static void fill(struct buffer *buffer)
{
	unsigned int most = queue_size < SEGMENTS_MAX ? queue_size :
							SEGMENTS_MAX;
	unsigned int count = model_random(2) ? 1 : 1 + model_random(most), i;

	buffer->out = model_random(count + 1);
	buffer->in = count - buffer->out;
	buffer->room = 0;
	for (i = 0; i < count; i++) {
		buffer->segment[i].address = model_random64();
		buffer->segment[i].size = 1 + model_random(1U << 27);
		if (i >= buffer->out)
			buffer->room += buffer->segment[i].size;
	}
	buffer->written = 0;
	buffer->is_out = true;
}

static unsigned int entries(const struct buffer *buffer)
{
	unsigned int count = buffer->out + buffer->in;

	return has_table && count <= 4 && count <= queue_size ? 1 : count;
}

static bool add(void)
{
	unsigned int which;
	struct buffer *buffer;
	int rc;

	if (!spare_count)
		return false;
	which = spare[spare_count - 1];
	buffer = &buffers[which];
	fill(buffer);
	order[added] = which;
	rc = ukd_virtq_add(queue, buffer->segment, buffer->out, buffer->in,
			   buffer);
	CHECK(rc == (entries(buffer) > queue_room ? -ENOMEM : 0));
	buffer->is_out = !rc;
	if (rc)
		return false;
	queue_room -= entries(buffer);
	spare_count--;
	added++;
	CHECK(ukd_virtq_room(queue) == queue_room);
	return true;
}

/* What the device wants when it is asked: after the last barrier in there. */
static void publish(void)
{
	uint16_t old = published;
	unsigned int before = model.notified[0];
	bool is_wanted;

	published = added;
	ukd_virtq_publish(queue);
	is_wanted = old != added &&
		    (has_event ? is_passed(*model_avail_event(0), old, added) :
				 !(*model_used(0, 0) & 1));
	CHECK(model.notified[0] - before == is_wanted);
	CHECK(*model_available(0, 1) == added);
}

static bool take(void)
{
	bool is_there = *model_used(0, 1) != taken;
	uint32_t written = 0;
	struct buffer *buffer = ukd_virtq_take(queue, &written);
	unsigned int which;

	CHECK((buffer != NULL) == is_there);
	if (!buffer)
		return false;
	which = done[taken++];
	CHECK(buffer == &buffers[which] && buffer->is_out);
	CHECK(written == buffer->written);
	buffer->is_out = false;
	queue_room += entries(buffer);
	spare[spare_count++] = which;
	total++;
	CHECK(ukd_virtq_room(queue) == queue_room);
	return true;
}

/* All taken: sleep until there is more, unless there already is. */
static void wait(void)
{
	driver_waits = true;
	if (ukd_virtq_set_interrupt(queue, true)) {
		driver_waits = false;
		ukd_virtq_set_interrupt(queue, false);
	}
}

static void driver_step(void)
{
	unsigned int count;

	switch (model_random(4)) {
	case 0:
		for (count = 1 + model_random(2 * queue_size); count; count--) {
			if (!add())
				break;
		}
		break;
	case 1:
		publish();
		break;
	case 2:
		for (count = 1 + model_random(2 * queue_size); count; count--) {
			if (!take())
				break;
		}
		break;
	default:
		publish();
		while (take())
			;
		wait();
	}
}

/* When both came to rest, nothing is left that the other doesn't know of. */
static void settle(void)
{
	unsigned int steps;

	publish();
	for (steps = 0; steps < 40 * queue_size + 100; steps++)
		device_step();
	CHECK(seen == added && !held_count && !owes_check);
	CHECK(device_state == SLEEPS);
	CHECK(!driver_waits || *model_used(0, 1) == taken);
	while (take())
		;
	CHECK(queue_room == queue_size && ukd_virtq_room(queue) == queue_size);
}

static void run(unsigned int size, uint64_t features, unsigned long buffers_min)
{
	unsigned int i, step;

	queue = model_queue(VERSION_1 | features, 2, size, on_interrupt, &queue);
	CHECK(ukd_virtq_size(queue) == size);
	queue_size = queue_room = spare_count = size;
	for (i = 0; i < size; i++)
		spare[i] = i;
	held_count = interrupts = wakes = notified_before = 0;
	seen = added = taken = published = 0;
	has_event = features & EVENT;
	has_table = features & INDIRECT;
	device_state = RUNS;
	owes_check = driver_waits = false;
	total = 0;
	ukd_virtq_set_interrupt(queue, false);
	model_on_barrier = on_barrier;

	for (step = 0; total < buffers_min; step++) {
		if (!driver_waits)
			driver_step();
		for (i = model_random(3 * (size < 16 ? size : 16)); i; i--)
			device_step();
		if (step % 4096 == 0)
			settle();
		/* asleep, both of them, with something to do? */
		if (device_state == SLEEPS && !held_count && !owes_check &&
		    model.notified[0] == notified_before) {
			CHECK(*model_available(0, 1) == seen);
			CHECK(!driver_waits || *model_used(0, 1) == taken);
			if (driver_waits) {
				driver_waits = false;
				ukd_virtq_set_interrupt(queue, false);
			}
		}
	}
	settle();
	model_on_barrier = NULL;
	CHECK(wakes > 1 && model.notified[0] > 1);
	CHECK(fake_log_count == 0);
	ukd_virtio_stop(model_device);
	CHECK(!ukd_virtq_recover(queue));
}

int main(void)
{
	static const unsigned int sizes[] = { 1, 2, 4, 256, 32768 };
	static const uint64_t features[] = {
		0, EVENT, INDIRECT, EVENT | INDIRECT,
	};
	unsigned int i, j;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (j = 0; j < 4; j++)
			run(sizes[i], features[j], 140000);
	}
	return fake_report();
}
