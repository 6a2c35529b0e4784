/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_NETBUF_H
#define STUB_NETBUF_H

#include <stddef.h>
#include <stdint.h>

struct uk_alloc;
struct uk_netbuf;

typedef void (*uk_netbuf_dtor_t)(struct uk_netbuf *);

#define UK_NETBUF_F_PARTIAL_CSUM	0x1
#define UK_NETBUF_F_DATA_VALID		0x2

struct uk_netbuf {
	struct uk_netbuf *next, *prev;
	uint8_t flags;
	void *data;
	uint16_t len;
	void *buf;
	size_t buflen;
	uint16_t csum_start;
	uint16_t csum_offset;
};

#define UK_NETBUF_CHAIN_FOREACH(at, head) \
	for ((at) = (head); (at); (at) = (at)->next)

struct uk_netbuf *uk_netbuf_alloc_buf(struct uk_alloc *a, size_t size,
				      size_t align, uint16_t headroom,
				      size_t private_size,
				      uk_netbuf_dtor_t end);
void uk_netbuf_append(struct uk_netbuf *head, struct uk_netbuf *tail);
void uk_netbuf_free(struct uk_netbuf *buffer);

static inline size_t uk_netbuf_headroom(struct uk_netbuf *buffer)
{
	return (size_t)((char *)buffer->data - (char *)buffer->buf);
}

#endif /* STUB_NETBUF_H */
