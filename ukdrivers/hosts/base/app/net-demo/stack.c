/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers to ARP requests, ICMP echo requests, UDP echo and status requests,
 * each made in the buffer that the question came in.
 *
 * Source:     RFC 826 (ARP), RFC 894 (IP over Ethernet), RFC 791 (IPv4),
 *             RFC 792 (ICMP), RFC 768 (UDP), RFC 862 (echo), RFC 1071
 *             (checksum).
 * Leaves out: fragments, options in answers, VLANs, sending first.
 */

#include "demo.h"

#include <string.h>
#include <uk/config.h>

/* Ethernet */
#define ETHER_TO	0
#define ETHER_FROM	6
#define ETHER_TYPE	12
#define ETHER_BYTES	14
#define TYPE_IP		0x0800
#define TYPE_ARP	0x0806

/* ARP for Ethernet and IPv4; what stands before the addresses never changes. */
#define ARP_FIXED	"\x00\x01\x08\x00\x06\x04"
#define ARP_OPERATION	6
#define ARP_FROM	8	/* MAC, then IPv4 address */
#define ARP_TO		18
#define ARP_BYTES	28
#define ARP_REQUEST	1
#define ARP_REPLY	2

/* IPv4 */
#define IP_LENGTH	2
#define IP_FRAGMENT	6
#define IP_HOPS		8
#define IP_PROTOCOL	9
#define IP_CHECKSUM	10
#define IP_FROM		12
#define IP_TO		16
#define IP_BYTES	20
#define IP_IS_FRAGMENT	0x3fff	/* more of them, or not the first */
#define IP_OWN_HOPS	64
#define PROTOCOL_ICMP	1
#define PROTOCOL_UDP	17

#define ICMP_TYPE	0
#define ICMP_CHECKSUM	2
#define ICMP_BYTES	8
#define ICMP_ECHO	8
#define ICMP_ECHO_REPLY	0

#define UDP_FROM	0
#define UDP_TO		2
#define UDP_LENGTH	4
#define UDP_CHECKSUM	6
#define UDP_BYTES	8
#define UDP_ECHO	7

/* Numbers in frames: big-endian, at any address */

static unsigned int get16(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void swap(uint8_t *one, uint8_t *other, size_t size)
{
	for (; size; size--, one++, other++) {
		uint8_t byte = *one;

		*one = *other;
		*other = byte;
	}
}

/* One's complement sum; 0xffff over data whose checksum is right. */
static unsigned int sum_of(const uint8_t *data, size_t size, unsigned int sum)
{
	for (; size > 1; size -= 2, data += 2)
		sum += get16(data);
	if (size)
		sum += (unsigned int)data[0] << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* Of UDP: addresses, protocol and length count, too. */
static unsigned int sum_of_udp(const uint8_t *ip, const uint8_t *udp,
			       size_t size)
{
	unsigned int sum = sum_of(ip + IP_FROM, 2 * ADDRESS_BYTES, 0);

	return sum_of(udp, size, sum + PROTOCOL_UDP + (unsigned int)size);
}

/* Layers, from the top; each has its own part of the frame */

/* @return bytes of the answer, or 0 for none */
static size_t answer_icmp(struct stack *stack, uint8_t *icmp, size_t size)
{
	if (size < ICMP_BYTES || icmp[ICMP_TYPE] != ICMP_ECHO ||
	    sum_of(icmp, size, 0) != 0xffff)
		return 0;
	icmp[ICMP_TYPE] = ICMP_ECHO_REPLY;
	put16(icmp + ICMP_CHECKSUM, 0);
	put16(icmp + ICMP_CHECKSUM, ~sum_of(icmp, size, 0));
	stack->counts.icmp++;
	return size;
}

static bool is_udp_good(const uint8_t *ip, const uint8_t *udp, size_t size)
{
	if (size < UDP_BYTES || get16(udp + UDP_LENGTH) < UDP_BYTES ||
	    get16(udp + UDP_LENGTH) > size)
		return false;
	return !get16(udp + UDP_CHECKSUM) ||
	       sum_of_udp(ip, udp, get16(udp + UDP_LENGTH)) == 0xffff;
}

/* The data as it came: its checksum is that of the answer, too. */
static size_t echo_udp(struct stack *stack, uint8_t *udp)
{
	swap(udp + UDP_FROM, udp + UDP_TO, 2);
	stack->counts.udp++;
	return get16(udp + UDP_LENGTH);
}

static size_t answer_status(struct stack *stack, uint8_t *ip, uint8_t *udp)
{
	size_t room = uk_net_info(stack->net)->mtu - (size_t)(udp - ip) -
		      UDP_BYTES;
	size_t size;

	if (get16(udp + UDP_LENGTH) >= UDP_BYTES + 4 &&
	    !memcmp(udp + UDP_BYTES, "stop", 4))
		stack->is_over = true;
	stack->counts.status++;
	size = UDP_BYTES + status_write(stack, (char *)udp + UDP_BYTES, room);
	swap(udp + UDP_FROM, udp + UDP_TO, 2);
	put16(udp + UDP_LENGTH, (unsigned int)size);
	put16(udp + UDP_CHECKSUM, 0);	/* none; RFC 768 */
	return size;
}

static size_t answer_udp(struct stack *stack, uint8_t *ip, uint8_t *udp,
			 size_t size)
{
	if (!is_udp_good(ip, udp, size))
		return 0;
	switch (get16(udp + UDP_TO)) {
	case UDP_ECHO:
		return echo_udp(stack, udp);
	case CONFIG_APPNETDEMO_STATUS_PORT:
		return answer_status(stack, ip, udp);
	default:
		return 0;
	}
}

/* @return whether it is a whole packet for this address */
static bool is_ip_good(const struct stack *stack, const uint8_t *ip,
		       size_t size)
{
	size_t header;

	if (size < IP_BYTES || ip[0] >> 4 != 4)
		return false;
	header = (ip[0] & 15U) * 4U;
	return header >= IP_BYTES && get16(ip + IP_LENGTH) >= header &&
	       get16(ip + IP_LENGTH) <= size &&
	       !(get16(ip + IP_FRAGMENT) & IP_IS_FRAGMENT) &&
	       sum_of(ip, header, 0) == 0xffff &&
	       !memcmp(ip + IP_TO, stack->address, ADDRESS_BYTES);
}

static size_t answer_ip(struct stack *stack, uint8_t *ip, size_t size)
{
	size_t header, answer = 0;

	if (!is_ip_good(stack, ip, size))
		return 0;
	header = (ip[0] & 15U) * 4U;
	size = get16(ip + IP_LENGTH) - header;	/* without what pads it */
	if (ip[IP_PROTOCOL] == PROTOCOL_ICMP)
		answer = answer_icmp(stack, ip + header, size);
	else if (ip[IP_PROTOCOL] == PROTOCOL_UDP)
		answer = answer_udp(stack, ip, ip + header, size);
	if (!answer)
		return 0;

	swap(ip + IP_FROM, ip + IP_TO, ADDRESS_BYTES);
	put16(ip + IP_LENGTH, (unsigned int)(header + answer));
	put16(ip + IP_FRAGMENT, 0);
	ip[IP_HOPS] = IP_OWN_HOPS;
	put16(ip + IP_CHECKSUM, 0);
	put16(ip + IP_CHECKSUM, ~sum_of(ip, header, 0));
	return header + answer;
}

static size_t answer_arp(struct stack *stack, uint8_t *arp, size_t size)
{
	const uint8_t *mac = uk_net_info(stack->net)->mac;
	uint8_t *from = arp + ARP_FROM, *to = arp + ARP_TO;

	if (size < ARP_BYTES || memcmp(arp, ARP_FIXED, ARP_OPERATION) ||
	    get16(arp + ARP_OPERATION) != ARP_REQUEST ||
	    memcmp(to + UKD_NET_MAC_BYTES, stack->address, ADDRESS_BYTES))
		return 0;
	put16(arp + ARP_OPERATION, ARP_REPLY);
	memcpy(to, mac, UKD_NET_MAC_BYTES);
	swap(from, to, UKD_NET_MAC_BYTES + ADDRESS_BYTES);
	stack->counts.arp++;
	return ARP_BYTES;
}

bool stack_answer(struct stack *stack, struct ukd_frame *frame)
{
	uint8_t *ether = frame->data;
	size_t answer = 0, size;

	if (!frame->more && frame->size >= ETHER_BYTES) {
		size = frame->size - ETHER_BYTES;
		if (get16(ether + ETHER_TYPE) == TYPE_ARP)
			answer = answer_arp(stack, ether + ETHER_BYTES, size);
		else if (get16(ether + ETHER_TYPE) == TYPE_IP)
			answer = answer_ip(stack, ether + ETHER_BYTES, size);
	}
	if (!answer) {
		stack->counts.ignored++;
		return false;
	}
	memcpy(ether + ETHER_TO, ether + ETHER_FROM, UKD_NET_MAC_BYTES);
	memcpy(ether + ETHER_FROM, uk_net_info(stack->net)->mac,
	       UKD_NET_MAC_BYTES);
	frame->size = (uint32_t)(ETHER_BYTES + answer);
	frame->flags = 0;
	return true;
}
