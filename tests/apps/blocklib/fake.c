/* SPDX-License-Identifier: BSD-3-Clause */
/* The disk: what it was given is done a millisecond later, the last one first. */

#include "block_test.h"

#include <string.h>
#include <uk/plat/time.h>
#include <ukd/errno.h>

#define LATER_US	1000

struct disk disk = { .dev = { .path = "/test/disk" }, .bad_sector = SECTORS };

static struct uk_timer timer;

static void interrupt(void *arg)
{
	(void)arg;
	disk.is_finished = true;
	disk.wake(disk.host);
}

static int start(void *self, void (*wake)(void *host), void *host)
{
	(void)self;
	disk.wake = wake;
	disk.host = host;
	return 0;
}

static int submit(void *self, struct ukd_block_request *const *request,
		  unsigned int count, unsigned int *taken)
{
	(void)self;
	for (*taken = 0; *taken < count; (*taken)++) {
		if (disk.is_dead)
			return -EIO;
		if (disk.in_flight_count == IN_FLIGHT_MAX)
			return -EAGAIN;
		if (request[*taken]->count > REQUEST_MAX)
			return -EINVAL;
		disk.in_flight[disk.in_flight_count++] = request[*taken];
		if (disk.in_flight_count > disk.most_in_flight)
			disk.most_in_flight = disk.in_flight_count;
	}
	return 0;
}

static int serve(const struct ukd_block_request *request)
{
	size_t size = request->count * SECTOR;
	char *place;

	if (disk.is_dead)
		return -EIO;
	if (request->operation == UKD_BLOCK_FLUSH) {
		disk.flushes++;
		return 0;
	}
	if (request->address != (uintptr_t)request->data ||
	    (disk.bad_sector >= request->sector &&
	     disk.bad_sector - request->sector < request->count))
		return -EIO;
	place = disk.content[request->sector];
	if (request->operation == UKD_BLOCK_READ)
		memcpy(request->data, place, size);
	else
		memcpy(place, request->data, size);
	return 0;
}

static int finish(void *self)
{
	int count = 0;

	(void)self;
	if (!disk.is_finished)
		return 0;
	disk.is_finished = false;
	while (disk.in_flight_count) {
		struct ukd_block_request *request =
			disk.in_flight[--disk.in_flight_count];

		request->done(request, serve(request));
		count++;
	}
	return disk.is_dead ? -EIO : count;
}

static bool set_interrupt(void *self, bool is_on)
{
	(void)self;
	if (is_on && !disk.is_finished)
		(void)uk_timer_at(&timer, ukd_ticks() + uk_us_to_ticks(LATER_US),
				  interrupt, NULL);
	return disk.is_finished;
}

static void stop(void *self)
{
	(void)self;
	uk_timer_cancel(&timer);
}

static const struct ukd_block_ops ops = {
	.start = start,
	.submit = submit,
	.finish = finish,
	.set_interrupt = set_interrupt,
	.stop = stop,
};

bool disk_add(bool is_read_only)
{
	const struct ukd_block_info info = {
		.sectors = SECTORS,
		.sector_bytes = SECTOR,
		.physical_bytes = SECTOR,
		.sectors_max = REQUEST_MAX,
		.requests_max = IN_FLIGHT_MAX,
		.is_read_only = is_read_only,
		.can_flush = !is_read_only,
	};

	return !ukd_block_add(&disk.dev, &ops, &disk, &info);
}
