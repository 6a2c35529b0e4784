/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts, and the end of a device's work. */

#include "virtio_check.h"

#include <string.h>
#include <ukd/errno.h>
#include <ukd/time.h>

#define TIMES		50U
#define SOON_US		3000U
#define IN_FLIGHT	4U
#define LATER_US	300000U	/* the slow disk would have done all */
#define STOPS		2U

/* @return whether the count went on within PATIENCE_US */
static bool comes(const struct port *port, unsigned int before)
{
	uint64_t end = ukd_now_us() + PATIENCE_US;

	while (ukd_now_us() < end) {
		if (port->interrupts != before)
			return true;
	}
	return false;
}

/* One for each that was asked for. */
void check_interrupts(void)
{
	struct port *disk = &disks[0];
	uint64_t address;
	struct request *request = request_make(disk, &address);
	unsigned int i, before;
	uint32_t written;

	WANT(port_start(disk, 8), 0);
	for (i = 0; i < TIMES; i++) {
		before = disk->interrupts;
		CHECK(!ukd_virtq_set_interrupt(disk->queue, true));
		WANT(request_put(disk->queue, request, address, false, i, 1),
		     0);
		if (!CHECK(comes(disk, before)))
			break;
		CHECK(ukd_virtq_set_interrupt(disk->queue, true));
		CHECK(ukd_virtq_take(disk->queue, &written) == request);
		CHECK(is_sector(request->data, i, 1));
	}
	ukd_virtio_stop(disk->dev);
	request_free(disk, request);
}

/* The first may come all the same: the wish is no promise of the device's. */
void check_no_interrupts(void)
{
	struct port *disk = &disks[0];
	uint64_t address;
	struct request *request = request_make(disk, &address);
	unsigned int i;

	WANT(port_start(disk, 8), 0);
	CHECK(!ukd_virtq_set_interrupt(disk->queue, false));
	disk->interrupts = 0;
	for (i = 0; i < TIMES; i++)
		CHECK(request_do(disk, request, address, false, i, 1));
	pause_us(SOON_US);
	CHECK(disk->interrupts <= 1);
	ukd_virtio_stop(disk->dev);
	request_free(disk, request);
}

/* A line may be shared: only the queue that has something is told. */
void check_own_interrupts(void)
{
	struct port *disk = &disks[0], *other = &disks[disk_count - 1];
	uint64_t address;
	struct request *request = request_make(disk, &address);
	unsigned int i, before;
	uint32_t written;

	CHECK(disk != other);
	WANT(port_start(disk, 8), 0);
	WANT(port_start(other, 8), 0);
	other->interrupts = 0;
	CHECK(!ukd_virtq_set_interrupt(other->queue, true));
	for (i = 0; i < TIMES; i++) {
		before = disk->interrupts;
		(void)ukd_virtq_set_interrupt(disk->queue, true);
		WANT(request_put(disk->queue, request, address, false, i, 1),
		     0);
		CHECK(comes(disk, before));
		CHECK(ukd_virtq_take(disk->queue, &written) == request);
	}
	WANT(other->interrupts, 0);
	ukd_virtio_stop(disk->dev);
	ukd_virtio_stop(other->dev);
	request_free(disk, request);
}

/*
 * What the device had is the driver's: each comes back once, nothing is
 * written or interrupts after it, and a start goes on.
 */
static void stop_amid(struct port *disk, struct request **request,
		      const uint64_t *address)
{
	uint64_t agreed;
	unsigned int i, count = 0;
	uint8_t before[IN_FLIGHT];

	for (i = 0; i < IN_FLIGHT; i++)
		WANT(request_put(disk->queue, request[i], address[i], false,
				 i, 1), 0);
	ukd_virtio_stop(disk->dev);
	while (ukd_virtq_recover(disk->queue))
		count++;
	WANT(count, IN_FLIGHT);
	for (i = 0; i < IN_FLIGHT; i++) {
		memset(request[i]->data, 0x5a, SECTOR);
		before[i] = request[i]->status;
	}
	disk->interrupts = 0;
	pause_us(LATER_US);
	WANT(disk->interrupts, 0);
	for (i = 0; i < IN_FLIGHT; i++) {
		WANT(request[i]->status, before[i]);
		WANT(request[i]->data[0], 0x5a);
		WANT(request[i]->data[SECTOR - 1], 0x5a);
	}
	WANT(ukd_virtio_start(disk->dev, 0, &agreed), 0);
	WANT(agreed, disk->agreed);
}

void check_stop(void)
{
	struct port *disk = &slow;
	struct request *request[IN_FLIGHT];
	uint64_t address[IN_FLIGHT];
	unsigned int i, round;

	for (i = 0; i < IN_FLIGHT; i++)
		request[i] = request_make(disk, &address[i]);
	for (round = 0; round < STOPS; round++) {
		WANT(port_start(disk, 16), 0);
		stop_amid(disk, request, address);
		WANT(port_start(disk, 16), 0);
		CHECK(request_do(disk, request[0], address[0], false, 9, 1));
		CHECK(is_sector(request[0]->data, 9, 1));
	}
	ukd_virtio_stop(disk->dev);
	for (i = 0; i < IN_FLIGHT; i++)
		request_free(disk, request[i]);
}
