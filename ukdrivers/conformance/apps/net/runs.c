/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames by number: made, sent, and compared. */

#include "net_check.h"

#include <string.h>
#include <ukd/time.h>

#define TYPE_AT		12
#define NUMBER_BYTES	4U

static const uint8_t everybody[UKD_NET_MAC_BYTES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/* Content */

static uint8_t byte_of(uint32_t number, uint32_t place)
{
	if (place < NUMBER_BYTES)
		return (uint8_t)(number >> 8 * (NUMBER_BYTES - 1 - place));
	return (uint8_t)(number * 31 + place * 7 + place / 251);
}

static uint32_t size_of(const struct run *run, uint32_t index)
{
	return run->size + index * run->step;
}

void frame_begin(const struct port *port, uint8_t *bytes, uint8_t type)
{
	memcpy(bytes, everybody, UKD_NET_MAC_BYTES);
	memcpy(bytes + UKD_NET_MAC_BYTES, uk_net_info(port->net)->mac,
	       UKD_NET_MAC_BYTES);
	bytes[TYPE_AT] = 0x88;
	bytes[TYPE_AT + 1] = type;
}

bool frame_is_data(const struct ukd_frame *frame)
{
	const uint8_t *bytes = frame->data;

	return frame->size >= HEADER && bytes[TYPE_AT] == 0x88 &&
	       bytes[TYPE_AT + 1] == FRAME_DATA;
}

uint32_t frame_size_if_right(const struct ukd_frame *frame, uint32_t number,
			     uint32_t size)
{
	uint32_t place = 0, i, parts = frame->more + 1U;

	for (; parts; parts--, frame++) {
		const uint8_t *bytes = frame->data;

		if (frame->more != parts - 1)
			return UINT32_MAX;
		for (i = place ? 0 : HEADER; i < frame->size; i++) {
			uint32_t at = place + i;

			if (bytes[i] != (at < size ?
					 byte_of(number, at - HEADER) : 0))
				return UINT32_MAX;
		}
		place += frame->size;
	}
	return place;
}

/* Runs */

struct run run_of(struct port *port, uint32_t size, uint32_t step,
		  uint32_t count)
{
	struct run run = {
		.number = port->next,
		.size = size,
		.step = step,
		.count = count,
	};

	port->next += count;
	return run;
}

void run_take(struct run *run, const struct ukd_frame *frame,
	      unsigned int count)
{
	unsigned int i, parts;

	for (i = 0; i < count; i += parts) {
		uint32_t size = size_of(run, run->came), found;

		parts = frame[i].more + 1U;
		if (i + parts > count) {	/* they come in one call */
			run->wrong++;
			break;
		}
		run->wrong += frame[i].size < HEADER;
		if (!frame_is_data(&frame[i]))
			continue;
		found = frame_size_if_right(&frame[i],
					    run->number + run->came, size);
		run->wrong += found != size &&
			      (size >= PADDED || found < size || found > PADDED);
		run->came++;
	}
	uk_net_release(frame, count);
}

int run_poll(struct port *port, struct run *run)
{
	struct ukd_frame frame[BURST];
	int count = uk_net_receive(port->net, frame, BURST);

	if (count > 0)
		run_take(run, frame, (unsigned int)count);
	return count;
}

bool run_finish(struct port *port, struct run *run)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;

	while (run->came < run->count) {
		int count = run_poll(port, run);

		if (count < 0 || (!count && ukd_now_us() > end))
			return false;
		if (count)
			end = ukd_now_us() + PATIENCE_US;
	}
	return !run->wrong;
}

/* Sending */

unsigned int frame_send(struct port *port, struct ukd_frame *frame,
			unsigned int count)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	unsigned int sent = 0;

	while (sent < count && ukd_now_us() < end) {
		int rc = uk_net_send(port->net, frame + sent, count - sent);

		if (rc < 0)
			break;
		sent += (unsigned int)rc;
	}
	uk_net_release(frame + sent, count - sent);
	return sent;
}

bool run_make(struct port *port, const struct run *run, uint32_t index,
	      struct ukd_frame *frame)
{
	uint32_t place, size = size_of(run, index);
	uint8_t *bytes;

	if (!uk_net_take(port->net, frame, 1))
		return false;
	bytes = frame->data;
	frame_begin(port, bytes, FRAME_DATA);
	for (place = HEADER; place < size; place++)
		bytes[place] = byte_of(run->number + index, place - HEADER);
	frame->size = size;
	return true;
}

bool run_send(struct port *port, const struct run *run, uint32_t from,
	      uint32_t count)
{
	while (count) {
		struct ukd_frame frame[BURST];
		unsigned int made = 0;

		while (made < BURST && made < count &&
		       run_make(port, run, from + made, &frame[made]))
			made++;
		if (!made || frame_send(port, frame, made) != made)
			return false;
		from += made;
		count -= made;
	}
	return true;
}

bool run_echo(struct port *port, struct run *run, uint32_t window)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	uint32_t sent = 0;

	while (run->came < run->count && ukd_now_us() < end) {
		uint32_t more = run->came + window - sent;
		int came;

		if (more > run->count - sent)
			more = run->count - sent;
		if (!run_send(port, run, sent, more))
			return false;
		sent += more;
		came = run_poll(port, run);
		if (came < 0)
			return false;
		if (came)
			end = ukd_now_us() + PATIENCE_US;
	}
	return run->came == run->count && !run->wrong;
}
