/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends every frame back as it came, and counts its own instructions; they are
 * exact under `-icount shift=0`.
 *
 * It does what an application does with lib/uknetdev. Control frames have
 * EtherType 88-B5 and a word: "poll", "wait" (for interrupts), "split" (send
 * each frame in two buffers from now on), "trim" (take the device's header off
 * each length from now on, for a driver that doesn't) and "stop"; they are sent
 * back, too.
 *
 * Source: IEEE 802 local experimental EtherType 1, 88-B5; Arm Architecture
 *         Reference Manual, DDI 0487, PMUv3: PMCR_EL0, PMEVTYPER0_EL0 (event
 *         0x08, INST_RETIRED), PMEVCNTR0_EL0.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/netdev.h>
#include <uk/sched.h>
#include <uk/semaphore.h>

#define BUFFERS		1024U
#define BUFFER_BYTES	2048U
#define FRAME_MIN	60U
#define TYPE_AT		12
#define WORD_AT		14
#define SPLIT_AT	20U
#define TRIMMED		12U
#define COUNTS_MAX	16384U

static char memory[BUFFERS][BUFFER_BYTES] __attribute__((aligned(BUFFER_BYTES)));
static struct uk_netbuf netbufs[BUFFERS];
static struct uk_netbuf *pool[BUFFERS];
static unsigned int pool_count;

static struct uk_netdev *dev;
static struct uk_netdev_info info;
static struct uk_semaphore polls_again;
static bool is_waiting, is_over, is_split;
static uint16_t trimmed;

static uint64_t frames, instructions;
static uint32_t last_sent;
static uint32_t counts[COUNTS_MAX];

/* Counting */

static void start_counter(void)
{
	__asm__ __volatile__("msr pmevtyper0_el0, %0\n\t"
			     "msr pmcntenset_el0, %1\n\t"
			     "msr pmcr_el0, %1\n\t"
			     "isb"
			     : : "r"((uint64_t)0x08), "r"(UINT64_C(1)));
}

static uint32_t counter(void)
{
	uint64_t value;

	__asm__ __volatile__("mrs %0, pmevcntr0_el0"
			     : "=r"(value) : : "memory");
	return (uint32_t)value;
}

static unsigned int median(void)
{
	uint64_t seen = 0;
	unsigned int i;

	for (i = 0; i < COUNTS_MAX; i++) {
		seen += counts[i];
		if (seen * 2 > frames)
			return i;
	}
	return 0;
}

static void report(void)
{
	if (frames)
		printf("bench: %s: %lu frames, %lu instructions, median %u\n",
		       is_waiting ? "wait" : "poll", frames, instructions,
		       median());
	frames = instructions = 0;
	last_sent = 0;
	memset(counts, 0, sizeof(counts));
}

static void note(uint32_t before, uint32_t after)
{
	uint32_t taken = after - (is_waiting ? last_sent : before);
	bool is_first = is_waiting && !last_sent;

	last_sent = after;
	if (is_first)
		return;
	frames++;
	instructions += taken;
	counts[taken < COUNTS_MAX ? taken : COUNTS_MAX - 1]++;
}

/* Buffers */

static void give_back(struct uk_netbuf *buffer)
{
	pool[pool_count++] = buffer;
}

static struct uk_netbuf *take(uint16_t headroom)
{
	struct uk_netbuf *buffer;

	if (!pool_count)
		return NULL;
	buffer = pool[--pool_count];
	uk_netbuf_init_indir(buffer, memory[buffer - netbufs], BUFFER_BYTES,
			     headroom, NULL, give_back);
	return buffer;
}

static uint16_t take_several(void *arg, struct uk_netbuf *buffer[],
			     uint16_t count)
{
	uint16_t i;

	(void)arg;
	for (i = 0; i < count; i++) {
		buffer[i] = take(info.nb_encap_rx);
		if (!buffer[i])
			break;
		buffer[i]->len = BUFFER_BYTES - info.nb_encap_rx;
	}
	return i;
}

/* Frames */

static void split(struct uk_netbuf *buffer)
{
	struct uk_netbuf *rest = take(0);

	if (!rest)
		return;
	rest->len = buffer->len - SPLIT_AT;
	memcpy(rest->data, (char *)buffer->data + SPLIT_AT, rest->len);
	buffer->len = SPLIT_AT;
	uk_netbuf_connect(buffer, rest);
}

/* Until there is room; a frame that is refused is left out. */
static void send(struct uk_netbuf *buffer)
{
	int rc;

	do {
		rc = uk_netdev_tx_one(dev, 0, buffer);
	} while (!rc || uk_netdev_status_notready(rc));
	if (rc < 0) {
		printf("echo: not sent: %d\n", rc);
		uk_netbuf_free(buffer);
	}
}

static void say_hello(void)
{
	struct uk_netbuf *buffer = take(info.nb_encap_tx);
	uint8_t *bytes = buffer->data;

	memset(bytes, 0, FRAME_MIN);
	memset(bytes, 0xff, UK_NETDEV_HWADDR_LEN);
	memcpy(bytes + UK_NETDEV_HWADDR_LEN,
	       uk_netdev_hwaddr_get(dev)->addr_bytes, UK_NETDEV_HWADDR_LEN);
	memcpy(bytes + TYPE_AT, "\x88\xb5hello", 7);
	buffer->len = FRAME_MIN;
	send(buffer);
}

static void obey(char command)
{
	report();
	if (command == 's')
		is_over = true;
	else if (command == 'x')
		is_split = true;
	else if (command == 't')
		trimmed = TRIMMED;
	else
		is_waiting = command == 'w';
}

/* 0: not for us; 'x' is "split" */
static char command_in(const struct uk_netbuf *buffer)
{
	const char *bytes = buffer->data;

	if (bytes[TYPE_AT] != '\x88' || bytes[TYPE_AT + 1] != '\xb5')
		return 0;
	return bytes[WORD_AT + 1] == 'p' ? 'x' : bytes[WORD_AT];
}

/* Receive a frame and send it. @return the status of receiving */
static int echo(void)
{
	uint32_t before = counter();
	struct uk_netbuf *buffer;
	int rc = uk_netdev_rx_one(dev, 0, &buffer);
	char command;

	if (rc < 0 || !uk_netdev_status_successful(rc))
		return rc;
	buffer->len -= trimmed;
	command = command_in(buffer);
	if (is_split && buffer->len > SPLIT_AT)
		split(buffer);
	send(buffer);
	if (command)
		obey(command);
	else
		note(before, counter());
	return rc;
}

/* In a thread of the library's. */
static void received(struct uk_netdev *own, uint16_t queue, void *arg)
{
	int rc;

	(void)own;
	(void)queue;
	(void)arg;
	do {
		rc = echo();
	} while (rc > 0 && uk_netdev_status_more(rc));
	if (!is_waiting || is_over || rc < 0)
		uk_semaphore_up(&polls_again);
}

static void wait(void)
{
	while (uk_netdev_rxq_intr_enable(dev, 0) == 1)
		received(dev, 0, NULL);
	uk_semaphore_down(&polls_again);
	uk_netdev_rxq_intr_disable(dev, 0);
}

static int open_device(void)
{
	struct uk_netdev_conf conf = { .nb_rx_queues = 1, .nb_tx_queues = 1 };
	struct uk_netdev_rxqueue_conf rx = {
		.callback = received,
		.a = uk_alloc_get_default(),
		.alloc_rxpkts = take_several,
		.s = uk_sched_current(),
	};
	struct uk_netdev_txqueue_conf tx = { .a = uk_alloc_get_default() };
	int rc = uk_netdev_probe(dev);

	if (rc < 0)
		return rc;
	uk_netdev_info_get(dev, &info);
	rc = uk_netdev_configure(dev, &conf);
	if (!rc)
		rc = uk_netdev_rxq_configure(dev, 0, 0, &rx);
	if (!rc)
		rc = uk_netdev_txq_configure(dev, 0, 0, &tx);
	return rc ? rc : uk_netdev_start(dev);
}

int main(void)
{
	unsigned int i;
	int rc;

	for (i = 0; i < BUFFERS; i++)
		give_back(&netbufs[i]);
	uk_semaphore_init(&polls_again, 0);
	dev = uk_netdev_get(0);
	if (!dev) {
		printf("echo: no device\n");
		return 1;
	}
	rc = open_device();
	if (rc) {
		printf("echo: not opened: %d\n", rc);
		return 1;
	}
	printf("echo: MTU %u, headroom %u and %u\n", uk_netdev_mtu_get(dev),
	       info.nb_encap_rx, info.nb_encap_tx);
	start_counter();
	say_hello();
	while (!is_over && rc >= 0) {
		if (is_waiting)
			wait();
		else
			rc = echo();
	}
	printf("echo: over (%d)\n", rc < 0 ? rc : 0);
	return 0;
}
