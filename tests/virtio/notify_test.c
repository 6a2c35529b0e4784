/* SPDX-License-Identifier: BSD-3-Clause */
/* Notifications in both directions, one by one. VIRTIO 2.7.7 and 2.7.10. */
#include "model.h"

#define SIZE	8U

static int cookie;
static unsigned int interrupts;

static void on_interrupt(void *arg)
{
	(void)arg;
	interrupts++;
}

static void add(struct ukd_virtq *queue, unsigned int count)
{
	struct ukd_segment segment = { 1, 1 };

	while (count--)
		CHECK(!ukd_virtq_add(queue, &segment, 0, 1, &cookie));
}

/* Put in, shown, used and taken. @return whether there was a notification */
static bool is_notified(struct ukd_virtq *queue, unsigned int count)
{
	unsigned int before = model.notified[0], i;
	uint16_t at = *model_available(0, 1);
	uint32_t written;

	add(queue, count);
	CHECK(model.notified[0] == before);
	ukd_virtq_publish(queue);
	CHECK(*model_available(0, 1) == (uint16_t)(at + count));
	for (i = 0; i < count; i++, at++)
		model_use(0, *model_available(0, 2 + (at & (SIZE - 1))), 1);
	for (i = 0; i < count; i++)
		CHECK(ukd_virtq_take(queue, &written) == &cookie);
	CHECK(model.notified[0] - before <= 1);
	return model.notified[0] != before;
}

/* Notify when the index went over the event; counted one by one. */
static void by_event(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1 | EVENT, 2, SIZE,
					      on_interrupt, NULL);
	unsigned int count, total = 0;
	uint16_t at, event;

	*model_used(0, 0) = 1;	/* to be ignored */
	while (total < 300000) {
		bool is_wanted = false;

		count = 1 + model_random(SIZE);
		at = *model_available(0, 1);
		event = model_random(4) ? (uint16_t)(at + model_random(20) - 8) :
					  (uint16_t)model_random64();
		*model_avail_event(0) = event;
		total += count;
		for (unsigned int i = 0; i < count; i++)
			is_wanted |= (uint16_t)(at + i) == event;
		CHECK(is_notified(queue, count) == is_wanted);
	}
}

static void by_flag(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1, 2, SIZE, on_interrupt,
					      NULL);
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		*model_avail_event(0) = (uint16_t)model_random64();
		*model_used(0, 0) = (uint16_t)(i & 1);
		CHECK(is_notified(queue, 1 + i % SIZE) == !(i & 1));
	}
}

static void nothing_new(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1, 2, SIZE, on_interrupt,
					      NULL);

	ukd_virtq_publish(queue);
	CHECK(model.notified[0] == 0);
	add(queue, 3);
	ukd_virtq_publish(queue);
	ukd_virtq_publish(queue);
	CHECK(model.notified[0] == 1);
}

/* What the device sees of the driver's wish. */
static void wishes(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1, 2, SIZE, on_interrupt,
					      NULL);

	CHECK(*model_available(0, 0) == 0);
	CHECK(!ukd_virtq_set_interrupt(queue, false) && *model_available(0, 0) == 1);
	CHECK(!ukd_virtq_set_interrupt(queue, true) && *model_available(0, 0) == 0);
	CHECK(*model_used_event(0) == 0);
	add(queue, 1);
	ukd_virtq_publish(queue);
	model_use(0, 0, 1);
	CHECK(ukd_virtq_set_interrupt(queue, true));
	CHECK(!ukd_virtq_set_interrupt(queue, false));

	queue = model_queue(VERSION_1 | EVENT, 2, SIZE, on_interrupt, NULL);
	CHECK(*model_used_event(0) == 0);
	ukd_virtq_set_interrupt(queue, false);
	CHECK(*model_used_event(0) == 0xffff && *model_available(0, 0) == 0);
	is_notified(queue, 5);
	CHECK(!ukd_virtq_set_interrupt(queue, true) && *model_used_event(0) == 5);
	CHECK(!ukd_virtq_set_interrupt(queue, false) && *model_used_event(0) == 4);
}

/* Used between the wish and the look: seen by the look. */
static void use_on_barrier(void)
{
	model_on_barrier = NULL;
	model_use(0, 0, 1);
}

static void used_amid_the_wish(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct ukd_virtq *queue = model_queue(VERSION_1 | (i ? EVENT : 0),
						      2, SIZE, on_interrupt,
						      NULL);

		add(queue, 1);
		ukd_virtq_publish(queue);
		model_on_barrier = use_on_barrier;
		CHECK(ukd_virtq_set_interrupt(queue, true));
	}
}

/* The order of what the device sees: the index after the entry. */
static void look_on_barrier(void)
{
	static unsigned int barriers;

	CHECK(*model_available(0, 1) == barriers % 2);
	CHECK(model_read(model.place[0].descriptors, 0).address == 1);
	CHECK(model.notified[0] == 0);
	barriers++;
}

static void shown_in_order(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1, 2, SIZE, on_interrupt,
					      NULL);

	add(queue, 1);
	model_on_barrier = look_on_barrier;
	ukd_virtq_publish(queue);
	CHECK(model.notified[0] == 1);
}

/* From interrupt context, amid every other call. */
static struct ukd_virtq *amid;

static void turn_off_on_barrier(void)
{
	CHECK(!ukd_virtq_set_interrupt(amid, false));
}

static void turned_off_amid_others(void)
{
	struct ukd_virtq *queue = model_queue(VERSION_1 | EVENT, 2, SIZE,
					      on_interrupt, NULL);
	unsigned int i;

	amid = queue;
	for (i = 0; i < 100; i++) {
		*model_avail_event(0) = *model_available(0, 1);
		model_on_barrier = turn_off_on_barrier;
		CHECK(is_notified(queue, 1 + i % SIZE));
		CHECK(ukd_virtq_room(queue) == SIZE);
		CHECK(!ukd_virtq_set_interrupt(queue, true));
		model_on_barrier = NULL;
	}
}

int main(void)
{
	by_event();
	by_flag();
	nothing_new();
	wishes();
	used_amid_the_wish();
	shown_in_order();
	turned_off_amid_others();
	return fake_report();
}
