/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The peer: what it is asked for, and its answers.
 *
 * What the peer gets with EtherType 88-B6 it sends back. 88-B5 asks for
 * something: a word of 4 bytes, and numbers of 4, the most significant first:
 *
 *   have                          answer, with "link" if that can be taken down
 *   give number size step count   send such frames
 *
 * Source: IEEE 802 local experimental EtherTypes 1 and 2, 88-B5 and 88-B6.
 */

#include "net_check.h"

#include <stddef.h>
#include <string.h>
#include <ukd/errno.h>
#include <ukd/time.h>

#define TYPE_AT		12
#define SETTLING	100U	/* bytes of the frame that ends what came before */

void pause_us(uint64_t us)
{
	uint64_t end = ukd_now_us() + us;

	while (ukd_now_us() < end)
		;
}

/* Asking */

static void put_be32(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)(value >> 24);
	to[1] = (uint8_t)(value >> 16);
	to[2] = (uint8_t)(value >> 8);
	to[3] = (uint8_t)value;
}

static bool ask(struct port *port, const char *word, const uint32_t *value,
		unsigned int count)
{
	struct ukd_frame frame;
	uint8_t *bytes;
	unsigned int i;

	if (!uk_net_take(port->net, &frame, 1))
		return false;
	bytes = frame.data;
	memset(bytes, 0, PADDED);
	frame_begin(port, bytes, FRAME_CONTROL);
	memcpy(bytes + HEADER, word, 4);
	for (i = 0; i < count; i++)
		put_be32(bytes + HEADER + 4 + 4 * i, value[i]);
	frame.size = PADDED;
	return frame_send(port, &frame, 1) == 1;
}

bool run_ask(struct port *port, const struct run *run)
{
	const uint32_t values[] = {
		run->number, run->size, run->step, run->count,
	};

	return ask(port, "give", values, 4);
}

bool run_whole(struct port *port, uint32_t size, uint32_t step, uint32_t count)
{
	struct run run = run_of(port, size, step, count);

	return run_ask(port, &run) && run_finish(port, &run);
}

/* @return whether one of them is the run's */
static bool is_among(const struct run *run, const struct ukd_frame *frame,
		     unsigned int count)
{
	bool is_there = false;
	unsigned int i;

	for (i = 0; i < count; i++)
		is_there |= frame_is_data(&frame[i]) && !frame[i].more &&
			    frame_size_if_right(&frame[i], run->number,
						run->size) == run->size;
	return is_there;
}

bool port_settle(struct port *port)
{
	const struct run run = run_of(port, SETTLING, 0, 1);
	uint64_t end = ukd_now_us() + PATIENCE_US;

	if (!run_send(port, &run, 0, 1))
		return false;
	while (ukd_now_us() < end) {
		struct ukd_frame frame[BURST];
		int count = uk_net_receive(port->net, frame, BURST);
		bool is_over;

		if (count < 0)
			return false;
		is_over = is_among(&run, frame, (unsigned int)count);
		uk_net_release(frame, (unsigned int)count);
		if (is_over)
			return true;
	}
	return false;
}

/* Opening */

/* The answer to "have": the words, one after the other. */
static bool look_for_answer(struct port *port)
{
	struct ukd_frame frame[BURST];
	int i, count = uk_net_receive(port->net, frame, BURST);
	bool is_there = false;

	for (i = 0; i < count; i++) {
		const uint8_t *bytes = frame[i].data;

		if (frame[i].size < PADDED || bytes[TYPE_AT + 1] != FRAME_CONTROL ||
		    memcmp(bytes + HEADER, "have", 4))
			continue;
		is_there = true;
		port->has_link_control = !memcmp(bytes + HEADER + 4, "link", 4);
	}
	if (count > 0)
		uk_net_release(frame, (unsigned int)count);
	return is_there;
}

static void count_interrupt(void *arg)
{
	((struct port *)arg)->interrupts++;
}

int port_open(struct port *port)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	int rc = uk_net_open(port->net);

	if (rc)
		return rc;
	uk_net_on_interrupt(port->net, count_interrupt, port);
	if (!ask(port, "have", NULL, 0))
		return -EIO;
	while (ukd_now_us() < end) {
		if (look_for_answer(port))
			return 0;
	}
	return -ETIMEDOUT;
}

uint32_t port_frame_max(const struct port *port)
{
	return HEADER + uk_net_info(port->net)->mtu;
}

uint32_t port_send_max(const struct port *port)
{
	struct ukd_frame frame;
	uint32_t most = port_frame_max(port);

	if (!uk_net_take(port->net, &frame, 1))
		return 0;
	if (most > frame.size)
		most = frame.size;
	uk_net_release(&frame, 1);
	return most;
}
