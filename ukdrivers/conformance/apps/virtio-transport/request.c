/* SPDX-License-Identifier: BSD-3-Clause */
/* Work for a queue. */

#include "virtio_check.h"

#include <stddef.h>
#include <string.h>
#include <ukd/dma.h>
#include <ukd/memory.h>
#include <ukd/time.h>

#define PIECES_MAX	4U
#define TYPE_IN		0
#define TYPE_OUT	1
#define STATUS_NONE	0xff

void pause_us(uint64_t us)
{
	uint64_t end = ukd_now_us() + us;

	while (ukd_now_us() < end)
		;
}

/* Devices */

static void count_interrupt(void *arg)
{
	((struct port *)arg)->interrupts++;
}

int port_start(struct port *port, unsigned int limit)
{
	int rc = ukd_virtio_start(port->dev, 0, &port->agreed);

	if (!rc)
		rc = ukd_virtio_queue(port->dev, 0, limit, count_interrupt,
				      port, &port->queue);
	if (rc)
		return rc;
	(void)ukd_virtq_set_interrupt(port->queue, false);
	return ukd_virtio_go(port->dev);
}

void *port_take(struct ukd_virtq *queue, uint32_t *written)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;
	void *cookie;

	do
		cookie = ukd_virtq_take(queue, written);
	while (!cookie && ukd_now_us() < end);
	return cookie;
}

/* Requests of a disk */

struct request *request_make(const struct port *port, uint64_t *address)
{
	return ukd_dma_alloc(port->dev, sizeof(struct request), 64, address);
}

void request_free(const struct port *port, struct request *request)
{
	ukd_dma_free(port->dev, request, sizeof(*request));
}

/* The pieces are of different sizes, and none is a sector's. */
static unsigned int divide(struct ukd_segment *segment, uint64_t address,
			   uint32_t bytes, unsigned int pieces)
{
	unsigned int i;

	for (i = 1; i < pieces; i++) {
		uint32_t size = 100 + 36 * i;

		*segment++ = (struct ukd_segment){ address, size };
		address += size;
		bytes -= size;
	}
	*segment = (struct ukd_segment){ address, bytes };
	return pieces;
}

int request_put(struct ukd_virtq *queue, struct request *request,
		uint64_t address, bool is_write, uint64_t sector,
		unsigned int pieces)
{
	struct ukd_segment segment[PIECES_MAX + 2];
	uint32_t bytes = pieces > 1 ? sizeof(request->data) : SECTOR;
	unsigned int count = 1;
	int rc;

	request->header.type = is_write ? TYPE_OUT : TYPE_IN;
	request->header.reserved = 0;
	request->header.sector = sector;
	request->status = STATUS_NONE;
	segment[0] = (struct ukd_segment){ address, sizeof(request->header) };
	count += divide(&segment[1],
			address + offsetof(struct request, data), bytes, pieces);
	segment[count++] = (struct ukd_segment){
		address + offsetof(struct request, status), 1,
	};
	rc = ukd_virtq_add(queue, segment, is_write ? count - 1 : 1,
			   is_write ? 1 : count - 1, request);
	if (!rc)
		ukd_virtq_publish(queue);
	return rc;
}

/* What a legacy device says it wrote may be anything. VIRTIO 2.7.8.1. */
bool request_do(struct port *port, struct request *request, uint64_t address,
		bool is_write, uint64_t sector, unsigned int pieces)
{
	uint32_t bytes = pieces > 1 ? sizeof(request->data) : SECTOR;
	uint32_t wanted = is_write ? 1 : bytes + 1, written = 0;

	if (request_put(port->queue, request, address, is_write, sector, pieces))
		return false;
	if (port_take(port->queue, &written) != request)
		return false;
	return !ukd_dma_read8(&request->status) &&
	       (written == wanted ||
		(written < wanted &&
		 !(port->agreed & UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1))));
}

/* The n-th 8 bytes of a disk hold n, plus a seed in the upper 16 bits. */
bool is_sector(const uint8_t *data, uint64_t sector, unsigned int count)
{
	uint64_t word, first;
	unsigned int i;

	memcpy(&first, data, sizeof(first));
	if ((first & ~(UINT64_C(0xffff) << 48)) != sector * SECTOR / 8 ||
	    !(first >> 48))
		return false;
	for (i = 0; i < count * SECTOR / 8; i++) {
		memcpy(&word, data + 8 * i, sizeof(word));
		if (word != first + i)
			return false;
	}
	return true;
}
