/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network devices: what the class promises, with a peer at the other end of
 * each one's cable; see peer.c.
 */

#include "net_check.h"

#include <stddef.h>
#include <stdio.h>
#include <uk/alloc.h>

#define PORTS_MAX	8U

static const struct {
	const char *name;
	void (*check)(struct port *port);
} checks[] = {
	{ "info", check_info },
	{ "every-size", check_every_size },
	{ "parts", check_parts },
	{ "refused", check_refused },
	{ "oversized", check_oversized },
	{ "short", check_short },
	{ "in-flight", check_in_flight },
	{ "burst", check_burst },
	{ "starved", check_starved },
	{ "polling", check_polling },
	{ "interrupt-once", check_interrupt_once },
	{ "waiting", check_waiting },
	{ "switching", check_switching },
	{ "checksum", check_checksum },
	{ "many", check_many },
	{ "link", check_link },
	{ "stop", check_stop },
};

static struct port ports[PORTS_MAX];
static unsigned int count;

static void open_all(void)
{
	struct uk_net *net;

	check_begin("open");
	for (; count < PORTS_MAX && (net = uk_net(count)); count++) {
		ports[count].net = net;
		WANT(port_open(&ports[count]), 0);
	}
	CHECK(count);
}

/* All memory is as free as it was, and no frame is missing. */
static void close_all(struct uk_alloc_stats before)
{
	unsigned int i;

	check_begin("memory");
	for (i = 0; i < count; i++)
		WANT(uk_net_close(ports[i].net), 0);
	WANT(uk_alloc_stats().used_bytes, before.used_bytes);
	WANT(uk_alloc_stats().used_blocks, before.used_blocks);
}

int main(void)
{
	struct uk_alloc_stats before = uk_alloc_stats();
	unsigned int i, each;

	open_all();
	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (checks[i].check == check_link && !ports[0].has_link_control) {
			check_skip("link", "it can't be taken down");
			continue;
		}
		check_begin(checks[i].name);
		for (each = 0; each < count; each++) {
			checks[i].check(&ports[each]);
			/* nothing of one that failed is left for the next */
			CHECK(port_settle(&ports[each]));
		}
	}
	close_all(before);
	return check_report();
}
