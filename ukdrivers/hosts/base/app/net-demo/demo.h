/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the network demo share. */
#ifndef NET_DEMO_H
#define NET_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uk/net.h>

#define ADDRESS_BYTES	4

struct counts {
	uint64_t arp, icmp, udp, status, ignored;
};

struct stack {
	struct uk_net *net;
	uint8_t address[ADDRESS_BYTES];
	bool is_over;
	struct counts counts;
};

/**
 * Turn a received frame into its answer, in place.
 *
 * @return whether there is one to be sent
 */
bool stack_answer(struct stack *stack, struct ukd_frame *frame);

/**
 * Write the status: drivers, nodes, interrupts, and what was answered.
 *
 * @return bytes written, at most `size`
 */
size_t status_write(const struct stack *stack, char *text, size_t size);

#endif /* NET_DEMO_H */
