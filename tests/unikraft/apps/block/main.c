/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes sectors to the first disk and reads them again, through lib/ukblkdev:
 * one at a time waiting for interrupts, then as many as it takes at once,
 * polling.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/blkdev.h>
#include <uk/sched.h>

#define SECTORS		4U	/* of a request */
#define REQUESTS	64U
#define ALIGN		4096U

static struct uk_blkdev *disk;
static size_t sector_bytes;
static unsigned int finished;
static struct uk_blkreq requests[REQUESTS];

/* In a thread of the library's. */
static void serve(struct uk_blkdev *own, uint16_t queue, void *arg)
{
	(void)arg;
	(void)uk_blkdev_queue_finish_reqs(own, queue);
}

static void count(struct uk_blkreq *request, void *arg)
{
	(void)arg;
	finished += request->result == 0;
}

static int open_disk(void)
{
	struct uk_blkdev_conf conf = { .nb_queues = 1 };
	struct uk_blkdev_queue_conf queue = {
		.a = uk_alloc_get_default(),
		.callback = serve,
		.s = uk_sched_current(),
	};
	int rc = uk_blkdev_configure(disk, &conf);

	if (!rc)
		rc = uk_blkdev_queue_configure(disk, 0, 0, &queue);
	if (!rc)
		rc = uk_blkdev_start(disk);
	return rc ? rc : uk_blkdev_queue_intr_enable(disk, 0);
}

static void fill(char *data, unsigned int seed)
{
	size_t i;

	for (i = 0; i < SECTORS * sector_bytes; i++)
		data[i] = (char)(i * 7 + i / 256 + seed);
}

static int one_at_a_time(char *data, char *wanted)
{
	int rc;

	fill(wanted, 1);
	memcpy(data, wanted, SECTORS * sector_bytes);
	rc = uk_blkdev_sync_write(disk, 0, 8, SECTORS, data);
	printf("block: write %d\n", rc);
	rc = uk_blkdev_sync_io(disk, 0, UK_BLKREQ_FFLUSH, 0, 0, NULL);
	printf("block: flush %d\n", rc);
	memset(data, 0, SECTORS * sector_bytes);
	rc = uk_blkdev_sync_read(disk, 0, 8, SECTORS, data);
	printf("block: read %d, %s\n", rc,
	       memcmp(data, wanted, SECTORS * sector_bytes) ? "DIFFERS" : "same");
	rc = uk_blkdev_sync_read(disk, 0, uk_blkdev_capabilities(disk)->sectors,
				 SECTORS, data);
	printf("block: beyond the end %d\n", rc);
	return rc;
}

static void run(enum uk_blkreq_op operation, char *data)
{
	unsigned int i, turns = 0;

	finished = 0;
	for (i = 0; i < REQUESTS; i++) {
		uk_blkreq_init(&requests[i], operation, 64 + i * SECTORS,
			       SECTORS, data + i * SECTORS * sector_bytes,
			       count, NULL);
		while (uk_blkdev_queue_submit_one(disk, 0, &requests[i]) == 0)
			(void)uk_blkdev_queue_finish_reqs(disk, 0);
	}
	while (finished < REQUESTS && turns++ < 10000000)
		(void)uk_blkdev_queue_finish_reqs(disk, 0);
}

static void several_at_once(char *data, char *wanted)
{
	const size_t bytes = SECTORS * sector_bytes;
	unsigned int i, same = 0;

	(void)uk_blkdev_queue_intr_disable(disk, 0);
	for (i = 0; i < REQUESTS; i++)
		fill(data + i * bytes, i);
	run(UK_BLKREQ_WRITE, data);
	printf("block: %u written\n", finished);
	memset(data, 0, REQUESTS * bytes);
	run(UK_BLKREQ_READ, data);
	for (i = 0; i < REQUESTS; i++) {
		fill(wanted, i);
		same += !memcmp(data + i * bytes, wanted, bytes);
	}
	printf("block: %u read, %u the same\n", finished, same);
}

int main(void)
{
	const struct uk_blkdev_cap *can;
	char *data, *wanted;
	int rc;

	disk = uk_blkdev_get(0);
	if (!disk) {
		printf("block: no disk\n");
		return 1;
	}
	rc = open_disk();
	can = uk_blkdev_capabilities(disk);
	sector_bytes = can->ssize;
	printf("block: opened %d, %lu sectors of %lu, %s\n", rc,
	       (unsigned long)can->sectors, (unsigned long)can->ssize,
	       can->mode == O_RDONLY ? "read-only" : "read-write");
	data = uk_memalign(uk_alloc_get_default(), ALIGN,
			   REQUESTS * SECTORS * sector_bytes);
	wanted = uk_memalign(uk_alloc_get_default(), ALIGN,
			     SECTORS * sector_bytes);
	(void)one_at_a_time(data, wanted);
	several_at_once(data, wanted);
	return 0;
}
