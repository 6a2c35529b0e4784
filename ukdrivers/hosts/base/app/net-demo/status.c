/* SPDX-License-Identifier: BSD-3-Clause */
/* The status text. */

#include "demo.h"

#include <stdio.h>
#include <ukd/core.h>
#include <ukd/time.h>

/* Text with room for more; what doesn't fit is left out. */
struct page {
	char *text;
	size_t size, length;
};

#define ADD(where, ...) do {						\
	struct page *to = (where);					\
	int added = snprintf(to->text + to->length,			\
			     to->size - to->length, __VA_ARGS__);	\
									\
	to->length += (size_t)added;					\
	if (to->length >= to->size)					\
		to->length = to->size - 1;				\
} while (0)

/* As in "gicv2 /intc@8000000, pl011 /pl011@9000000". */
static void add_devices(struct page *page)
{
	const struct ukd_device *dev;
	unsigned int i;

	ADD(page, "drivers:");
	for (i = 0; (dev = ukd_bound_device(i)); i++)
		ADD(page, "%s %s %s", i ? "," : "", dev->driver, dev->path);
	ADD(page, "\n");
}

static void add_nets(struct page *page)
{
	struct uk_net *net;
	unsigned int i;

	for (i = 0; (net = uk_net(i)); i++) {
		const struct uk_net_stats *stats = uk_net_stats(net);
		const struct ukd_device *dev = uk_net_device(net);

		ADD(page, "net %u: %s %s, link %s, received %lu, sent %lu, interrupts %lu\n",
		    i, dev->driver, dev->path,
		    uk_net_is_link_up(net) ? "up" : "down", stats->received,
		    stats->sent, stats->interrupts);
	}
}

size_t status_write(const struct stack *stack, char *text, size_t size)
{
	struct page page = { .text = text, .size = size };
	uint64_t now_us = ukd_now_us();
	const struct counts *counts = &stack->counts;

	ADD(&page, "ukdrivers base, up %lu.%03lu s\n", now_us / 1000000,
	    now_us / 1000 % 1000);
	add_devices(&page);
	add_nets(&page);
	ADD(&page, "answered: %lu ARP, %lu ICMP echo, %lu UDP echo, %lu status; ignored: %lu\n",
	    counts->arp, counts->icmp, counts->udp, counts->status,
	    counts->ignored);
	return page.length;
}
