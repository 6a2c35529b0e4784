/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends every frame back as it came, on all network devices.
 *
 * First each device sends a control frame that says "hello". Control frames
 * have an EtherType of their own and a word: "poll", "wait" (for interrupts)
 * and "stop"; they are answered by the same frame once that is done.
 *
 * Source: IEEE 802 local experimental EtherType 1, 88-B5.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/config.h>
#include <uk/net.h>
#include <ukd/errno.h>

#define DEVICES_MAX	8U
#define BURST		32U	/* frames that are received and sent at a time */

#define TYPE_AT		12	/* EtherType, in a frame */
#define WORD_AT		14
#define FRAME_MIN	60
#define BROADCAST	"\xff\xff\xff\xff\xff\xff"
#define CONTROL_TYPE	"\x88\xb5"

#ifdef CONFIG_APPECHO_INTERRUPTS
#define WAITS_AT_FIRST	true
#else
#define WAITS_AT_FIRST	false
#endif

_Static_assert(BURST >= UK_NET_RECEIVE_MIN, "a frame in parts has to fit");

struct port {
	struct uk_net *net;
	unsigned int number;
	bool is_link_up;
	uint64_t left_out;	/* frames in several parts, or refused */
	uint64_t full;		/* times that the device took none */
};

static struct port ports[DEVICES_MAX];
static struct uk_net *nets[DEVICES_MAX];
static unsigned int port_count;

static bool is_waiting = WAITS_AT_FIRST;	/* for interrupts, instead of polling */
static bool is_over;
static uint64_t echoed;

/* Sending */

/* Send all frames; one that is refused is left out. @return false: broken */
static bool send_all(struct port *port, struct ukd_frame *frame,
		     unsigned int count)
{
	while (count) {
		int sent = uk_net_send(port->net, frame, count);

		if (sent == -EIO)
			return false;
		if (sent < 0) {
			uk_net_release(frame, 1);
			port->left_out++;
			sent = 1;
		} else if (!sent) {
			port->full++;
		}
		frame += sent;
		count -= (unsigned int)sent;
	}
	return true;
}

static void say_hello(struct port *port)
{
	struct ukd_frame frame;
	uint8_t *bytes;

	if (!uk_net_take(port->net, &frame, 1))
		return;
	bytes = frame.data;
	memset(bytes, 0, FRAME_MIN);
	memcpy(bytes, BROADCAST, UKD_NET_MAC_BYTES);
	memcpy(bytes + UKD_NET_MAC_BYTES, uk_net_info(port->net)->mac,
	       UKD_NET_MAC_BYTES);
	memcpy(bytes + TYPE_AT, CONTROL_TYPE, 2);
	memcpy(bytes + WORD_AT, "hello", 5);
	frame.size = FRAME_MIN;
	(void)send_all(port, &frame, 1);
}

/* Receiving */

static bool is_control(const struct ukd_frame *frame)
{
	const uint8_t *bytes = frame->data;

	return bytes[TYPE_AT] == 0x88 && bytes[TYPE_AT + 1] == 0xb5;
}

__attribute__((noinline, cold))
static void obey(const struct ukd_frame *frame)
{
	const char *word = (const char *)frame->data + WORD_AT;

	if (frame->size < FRAME_MIN)
		return;
	if (!memcmp(word, "stop", 4))
		is_over = true;
	else if (!memcmp(word, "wait", 4) || !memcmp(word, "poll", 4))
		is_waiting = word[0] == 'w';
}

/* Frames in parts can't be sent: each part is a buffer of its own. */
__attribute__((noinline, cold))
static unsigned int without_parts(struct port *port, struct ukd_frame *frame,
				  unsigned int count)
{
	unsigned int i, kept = 0, parts;

	for (i = 0; i < count; i += parts) {
		parts = frame[i].more + 1U;
		if (parts == 1) {
			frame[kept++] = frame[i];
			continue;
		}
		uk_net_release(&frame[i], parts);
		port->left_out++;
	}
	return kept;
}

/* @return how many frames there were; -1: broken */
static int echo(struct port *port)
{
	struct ukd_frame frame[BURST];
	int received = uk_net_receive(port->net, frame, BURST);
	unsigned int i, count = (unsigned int)received;
	unsigned int parts = 0;

	if (received <= 0)
		return received ? -1 : 0;
	for (i = 0; i < count; i++) {
		parts |= frame[i].more;
		if (is_control(&frame[i]))
			obey(&frame[i]);
	}
	if (parts)
		count = without_parts(port, frame, count);
	echoed += count;
	return send_all(port, frame, count) ? received : -1;
}

static void look_at_link(struct port *port)
{
	bool is_up = uk_net_is_link_up(port->net);

	if (is_up != port->is_link_up)
		printf("echo: device %u: link %s\n", port->number,
		       is_up ? "up" : "down");
	port->is_link_up = is_up;
}

static bool is_enough(void)
{
	const uint64_t limit = CONFIG_APPECHO_FRAMES;

	return is_over || (limit && echoed >= limit);
}

static int run(void)
{
	unsigned int i;

	while (!is_enough()) {
		int frames = 0;

		for (i = 0; i < port_count; i++) {
			int rc = echo(&ports[i]);

			if (rc < 0) {
				printf("echo: device %u broke down\n", i);
				return 1;
			}
			frames += rc;
		}
		if (frames || !is_waiting)
			continue;
		(void)uk_net_wait(nets, port_count, UK_NET_FOREVER);
		for (i = 0; i < port_count; i++)
			look_at_link(&ports[i]);
	}
	return 0;
}

/* Start and end */

static void say_memory(const char *when)
{
	struct uk_alloc_stats stats = uk_alloc_stats();

	printf("echo: memory %s: %zu blocks, %zu bytes\n", when,
	       stats.used_blocks, stats.used_bytes);
}

static bool open_all(void)
{
	struct uk_net *net;

	while (port_count < DEVICES_MAX && (net = uk_net(port_count))) {
		const struct ukd_net_info *info = uk_net_info(net);
		const uint8_t *mac = info->mac;
		struct port *port = &ports[port_count];

		if (uk_net_open(net)) {
			printf("echo: device %u can't be opened\n", port_count);
			return false;
		}
		port->net = nets[port_count] = net;
		port->number = port_count++;
		port->is_link_up = uk_net_is_link_up(net);
		printf("echo: device %u: %02x:%02x:%02x:%02x:%02x:%02x, MTU %u, link %s\n",
		       port->number, mac[0], mac[1], mac[2], mac[3], mac[4],
		       mac[5], info->mtu, port->is_link_up ? "up" : "down");
	}
	return port_count;
}

static void close_all(void)
{
	unsigned int i;

	for (i = 0; i < port_count; i++) {
		const struct port *port = &ports[i];
		const struct uk_net_stats *stats = uk_net_stats(port->net);

		printf("echo: device %u: received %lu, sent %lu, left out %lu, full %lu, interrupts %lu, waits %lu, short %lu\n",
		       i, stats->received, stats->sent, port->left_out,
		       port->full, stats->interrupts, stats->waits,
		       stats->short_of_buffers);
		if (uk_net_close(port->net))
			printf("echo: device %u: not all frames came back\n", i);
	}
}

int main(void)
{
	unsigned int i;
	int rc;

	say_memory("before");
	if (!open_all()) {
		puts("echo: no network device");
		return 1;
	}
	for (i = 0; i < port_count; i++)
		say_hello(&ports[i]);
	rc = run();
	close_all();
	say_memory("after");
	return rc;
}
