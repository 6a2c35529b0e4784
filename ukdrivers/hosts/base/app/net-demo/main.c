/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A host on the network: answers ARP, ping, UDP echo, and with its status, on
 * each of its devices. The CPU is stopped while there is nothing to answer.
 */

#include "demo.h"

#include <stdio.h>
#include <string.h>
#include <uk/config.h>
#include <uk/plat/time.h>

#define DEVICES_MAX	4U
#define BURST		UK_NET_RECEIVE_MIN

/* The last answer is on its way for so long. */
#define LINGER_US	20000

static struct stack stacks[DEVICES_MAX];
static struct uk_net *nets[DEVICES_MAX];
static unsigned int count;

/* Four numbers with dots. @return false: no address */
static bool read_address(const char *text, uint8_t *address)
{
	unsigned int i;

	for (i = 0; i < ADDRESS_BYTES; i++) {
		unsigned int value = 0, digits = 0;

		for (; *text >= '0' && *text <= '9' && digits < 3; digits++)
			value = value * 10 + (unsigned int)(*text++ - '0');
		if (!digits || value > 255 ||
		    *text != (i < ADDRESS_BYTES - 1 ? '.' : '\0'))
			return false;
		address[i] = (uint8_t)value;
		text++;
	}
	return true;
}

static bool open_all(void)
{
	struct uk_net *net;

	for (; count < DEVICES_MAX && (net = uk_net(count)); count++) {
		const uint8_t *mac = uk_net_info(net)->mac;

		nets[count] = stacks[count].net = net;
		if (!read_address(CONFIG_APPNETDEMO_ADDRESS,
				  stacks[count].address)) {
			puts("net: " CONFIG_APPNETDEMO_ADDRESS ": no IPv4 address");
			return false;
		}
		if (uk_net_open(net))
			return false;
		printf("net %u: " CONFIG_APPNETDEMO_ADDRESS " at %02x:%02x:%02x:%02x:%02x:%02x\n",
		       count, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
	if (!count)
		puts("net: no network device");
	return count;
}

/* @return how many frames there were, or -EIO */
static int serve(struct stack *stack)
{
	struct ukd_frame frame[BURST];
	int i, received = uk_net_receive(stack->net, frame, BURST);

	for (i = 0; i < received; i++) {
		/* a full queue loses an answer, as any network may */
		if (!stack_answer(stack, &frame[i]) ||
		    uk_net_send(stack->net, &frame[i], 1) != 1)
			uk_net_release(&frame[i], 1);
	}
	return received;
}

static bool is_over(void)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (stacks[i].is_over)
			return true;
	}
	return false;
}

static int run(void)
{
	while (!is_over()) {
		int frames = 0;
		unsigned int i;

		for (i = 0; i < count; i++) {
			int received = serve(&stacks[i]);

			if (received < 0)
				return received;
			frames += received;
		}
		if (!frames)
			(void)uk_net_wait(nets, count, UK_NET_FOREVER);
	}
	return 0;
}

int main(void)
{
	static char text[2048];
	unsigned int i;

	if (!open_all() || run())
		return 1;
	uk_sleep_us(LINGER_US);
	text[status_write(&stacks[0], text, sizeof(text))] = '\0';
	printf("%s", text);
	for (i = 0; i < count; i++)
		(void)uk_net_close(nets[i]);
	return 0;
}
