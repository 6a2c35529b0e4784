/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Echoes frames and counts its own instructions; for `-icount shift=0`.
 *
 * While it polls: all of the instructions of the rounds that had frames. While
 * it waits for interrupts: from one frame sent to the next one sent, the
 * interrupt and the way back from it counted. A control frame (EtherType
 * 88-B5: "poll", "wait", "stop") ends one count and begins the next.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, PMUv3: PMCR_EL0,
 *         PMEVTYPER0_EL0 (event 0x08, INST_RETIRED), PMEVCNTR0_EL0.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <uk/net.h>
#include <ukd/barrier.h>

#define BURST		UK_NET_RECEIVE_MIN
#define FRAME_MIN	60
#define TYPE_AT		12
#define WORD_AT		14
#define EVENT		0x08
#define COUNTS_MAX	8192U	/* instructions of one frame, at most */

static struct uk_net *net;
static bool is_waiting, is_over;
static uint64_t frames, instructions, rounds;
static uint32_t last_sent;
static uint32_t counts[COUNTS_MAX];

static void start_counter(void)
{
	__asm__ __volatile__("msr pmevtyper0_el0, %0\n\t"
			     "msr pmcntenset_el0, %1\n\t"
			     "msr pmcr_el0, %1"
			     : : "r"((uint64_t)EVENT), "r"(UINT64_C(1)));
	ukd_isb();
}

static uint32_t counter(void)
{
	uint64_t value;

	__asm__ __volatile__("mrs %0, pmevcntr0_el0" : "=r"(value) : : "memory");
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
		printf("bench: %s: %lu frames, %lu rounds, %lu instructions, median %u\n",
		       is_waiting ? "wait" : "poll", frames, rounds,
		       instructions, median());
	frames = instructions = rounds = 0;
	memset(counts, 0, sizeof(counts));
}

static void obey(const char *word)
{
	report();
	is_over = word[0] == 's';
	is_waiting = word[0] == 'w';
	last_sent = 0;
}

static void say_hello(void)
{
	struct ukd_frame frame;
	uint8_t *bytes;

	if (!uk_net_take(net, &frame, 1))
		return;
	bytes = frame.data;
	memset(bytes, 0, FRAME_MIN);
	memset(bytes, 0xff, UKD_NET_MAC_BYTES);
	memcpy(bytes + UKD_NET_MAC_BYTES, uk_net_info(net)->mac,
	       UKD_NET_MAC_BYTES);
	memcpy(bytes + TYPE_AT, "\x88\xb5hello", 7);
	frame.size = FRAME_MIN;
	if (uk_net_send(net, &frame, 1) != 1)
		uk_net_release(&frame, 1);
}

/* What is counted: the round trip of whatever is there. */
__attribute__((noinline))
static int echo(struct ukd_frame *frame)
{
	int received = uk_net_receive(net, frame, BURST);
	int sent = 0;

	while (sent < received) {
		int rc = uk_net_send(net, frame + sent,
				     (unsigned int)(received - sent));

		if (rc < 0)
			return rc;
		sent += rc;
	}
	return received;
}

static void note(uint32_t before, uint32_t after, unsigned int count)
{
	uint32_t taken = after - (is_waiting ? last_sent : before);
	uint32_t each = taken / count;

	if (is_waiting && !last_sent) {
		last_sent = after;
		return;
	}
	last_sent = after;
	frames += count;
	rounds++;
	instructions += taken;
	counts[each < COUNTS_MAX ? each : COUNTS_MAX - 1] += count;
}

int main(void)
{
	struct ukd_frame frame[BURST];
	uint32_t before, after;
	int count;

	net = uk_net(0);
	if (!net || uk_net_open(net))
		return 1;
	start_counter();
	say_hello();
	while (!is_over) {
		const char *bytes;

		before = counter();
		count = echo(frame);
		after = counter();
		if (count < 0)
			return 1;
		if (!count) {
			if (is_waiting)
				(void)uk_net_wait(&net, 1, UK_NET_FOREVER);
			continue;
		}
		/* sent already, but nobody has written there since */
		bytes = (const char *)frame[count - 1].data;
		if (bytes[TYPE_AT] == '\x88' && bytes[TYPE_AT + 1] == '\xb5')
			obey(bytes + WORD_AT);
		else
			note(before, after, (unsigned int)count);
	}
	(void)uk_net_close(net);
	return 0;
}
