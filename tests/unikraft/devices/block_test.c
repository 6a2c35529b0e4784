/* SPDX-License-Identifier: BSD-3-Clause */
/* Disks of the kit behind lib/ukblkdev's interface. */
#include "tree.h"

#include <ukd/block.h>
#include <ukd/errno.h>

#include <fcntl.h>
#include <string.h>
#include <uk/blkdev_driver.h>
#include <uk/errptr.h>

#define REQUESTS	3
#define SECTORS_MAX	16

/* A driver of the kit */

static struct {
	void (*wake)(void *host);
	void *host;
	struct ukd_block_request *request[REQUESTS];
	unsigned int count, late_count, finishes;
	bool is_on, is_stopped;
	int fault;
} driver;

static int driver_start(void *self, void (*wake)(void *host), void *host)
{
	CHECK(self == &driver);
	driver.wake = wake;
	driver.host = host;
	return driver.fault;
}

static int driver_submit(void *self, struct ukd_block_request *const *request,
			 unsigned int count, unsigned int *taken)
{
	CHECK(self == &driver && count == 1);
	*taken = 0;
	if (driver.fault)
		return driver.fault;
	CHECK(driver.count < REQUESTS);
	driver.request[driver.count++] = request[0];
	*taken = 1;
	return 0;
}

static void serve(int status)
{
	struct ukd_block_request *request = driver.request[0];

	CHECK(driver.count);
	memmove(driver.request, driver.request + 1,
		--driver.count * sizeof(request));
	request->done(request, status);
}

static int driver_finish(void *self)
{
	CHECK(self == &driver);
	driver.finishes++;
	return driver.fault;
}

static bool driver_set_interrupt(void *self, bool is_on)
{
	CHECK(self == &driver);
	driver.is_on = is_on;
	return is_on && driver.late_count && driver.late_count--;
}

static void driver_stop(void *self)
{
	CHECK(self == &driver);
	driver.is_stopped = true;
}

static const struct ukd_block_ops driver_ops = {
	.start = driver_start,
	.submit = driver_submit,
	.finish = driver_finish,
	.set_interrupt = driver_set_interrupt,
	.stop = driver_stop,
};

/* lib/ukblkdev, and an application */

static struct uk_blkdev *disk;
static struct uk_blkdev_queue *queue;
static unsigned int events, called;
static int registration;
static char data[SECTORS_MAX * 4096];

int uk_blkdev_drv_register(struct uk_blkdev *own, struct uk_alloc *a,
			   const char *name)
{
	(void)a;
	CHECK(!strcmp(name, "fake"));
	disk = own;
	return registration;
}

void uk_blkdev_drv_queue_event(struct uk_blkdev *own, uint16_t number)
{
	CHECK(own == disk && !number);
	events++;
}

static void count(struct uk_blkreq *request, void *arg)
{
	CHECK(arg == &called && !request->state);
	called++;
}

static struct uk_blkreq request_of(enum uk_blkreq_op operation, __sector sectors)
{
	return (struct uk_blkreq){
		.operation = operation,
		.start_sector = 40,
		.nb_sectors = sectors,
		.aio_buf = data,
		.cb = count,
		.cb_cookie = &called,
		.state = 1,
		.result = 1,
	};
}

static int submit(struct uk_blkreq *request)
{
	return disk->submit_one(disk, queue, request);
}

static void add(uint64_t offset, bool is_read_only, bool can_flush)
{
	struct ukd_block_info info = {
		.sectors = 1000,
		.sector_bytes = 4096,
		.sectors_max = SECTORS_MAX,
		.requests_max = REQUESTS,
		.is_read_only = is_read_only,
		.can_flush = can_flush,
	};

	tree_reset(offset);
	memset(&driver, 0, sizeof(driver));
	events = called = 0;
	registration = 2;	/* a number of the library's */
	CHECK(!ukd_block_add(&tree_device, &driver_ops, &driver, &info));
}

static void open_disk(uint64_t offset)
{
	struct uk_blkdev_conf conf = { .nb_queues = 1 };
	struct uk_blkdev_queue_conf queue_conf = { 0 };

	add(offset, false, true);
	CHECK(!disk->dev_ops->dev_configure(disk, &conf));
	queue = disk->dev_ops->queue_configure(disk, 0, 0, &queue_conf);
	CHECK(!PTRISERR(queue) && !disk->dev_ops->dev_start(disk));
}

static void end(void)
{
	CHECK(!driver.count);
	CHECK(!disk->dev_ops->dev_stop(disk) && driver.is_stopped);
	CHECK(!disk->dev_ops->queue_unconfigure(disk, queue));
	CHECK(!disk->dev_ops->dev_unconfigure(disk));
	free(disk);
	tree_held--;
}

static void it_says_what_the_driver_says(void)
{
	struct uk_blkdev_conf two = { .nb_queues = 2 };
	struct uk_blkdev_queue_conf conf = { 0 };
	struct uk_blkdev_queue_info info = { 0 };
	struct uk_blkdev_info about = { 0 };

	add(0, true, false);
	CHECK(disk->capabilities.sectors == 1000);
	CHECK(disk->capabilities.ssize == 4096);
	CHECK(disk->capabilities.mode == O_RDONLY);
	CHECK(disk->capabilities.max_sectors_per_req == SECTORS_MAX);
	disk->dev_ops->get_info(disk, &about);
	CHECK(about.max_queues == 1);
	CHECK(!disk->dev_ops->queue_get_info(disk, 0, &info));
	CHECK(info.nb_max == REQUESTS && info.nb_min == 1);
	CHECK(disk->dev_ops->queue_get_info(disk, 1, &info) == -EINVAL);
	CHECK(disk->dev_ops->dev_configure(disk, &two) == -ENOTSUP);
	CHECK(PTR2ERR(disk->dev_ops->queue_configure(disk, 1, 0, &conf)) ==
	      -EINVAL);
	CHECK(PTR2ERR(disk->dev_ops->queue_configure(disk, 0, REQUESTS + 1,
						     &conf)) == -EINVAL);
	end();
	open_disk(0);
	CHECK(disk->capabilities.mode == O_RDWR);
	driver.fault = -EIO;
	CHECK(disk->dev_ops->dev_start(disk) == -EIO);
	end();
	tree_memory = 0;
	CHECK(ukd_block_add(&tree_device, &driver_ops, &driver,
			    &(struct ukd_block_info){ 0 }) == -ENOMEM);
	tree_memory = -1;
	registration = -EBUSY;
	CHECK(ukd_block_add(&tree_device, &driver_ops, &driver,
			    &(struct ukd_block_info){ 0 }) == -EBUSY);
	CHECK(!tree_held);
}

static void requests_reach_the_driver(uint64_t offset)
{
	static const enum ukd_block_operation wanted[] = {
		UKD_BLOCK_READ, UKD_BLOCK_WRITE, UKD_BLOCK_FLUSH,
	};
	struct uk_blkreq own[] = {
		request_of(UK_BLKREQ_READ, 3), request_of(UK_BLKREQ_WRITE, 16),
		request_of(UK_BLKREQ_FFLUSH, 0),
	};
	unsigned int i;

	open_disk(offset);
	for (i = 0; i < 3; i++) {
		CHECK(submit(&own[i]) ==
		      (i < 2 ? UK_BLKDEV_STATUS_SUCCESS | UK_BLKDEV_STATUS_MORE
			     : UK_BLKDEV_STATUS_SUCCESS));
		CHECK(driver.request[i]->operation == wanted[i]);
	}
	CHECK(driver.request[0]->sector == 40 && driver.request[0]->count == 3);
	CHECK(driver.request[0]->data == data);
	CHECK(driver.request[0]->address == (uintptr_t)data + offset);
	CHECK(driver.request[1]->count == 16 && !called);
	CHECK(submit(&own[0]) == 0);	/* all are in flight */
	serve(0);
	serve(-EIO);
	CHECK(called == 2 && own[0].result == 0 && own[1].result == -EIO);
	CHECK(own[2].state && submit(&own[0]) > 0);
	serve(0);
	serve(0);
	CHECK(called == 4);
	end();
}

static void submit_again(struct uk_blkreq *request, void *arg)
{
	static unsigned int turns;

	(void)arg;
	request->state = 1;
	if (turns++ < 3)
		CHECK(submit(request) > 0);
}

/* Also when all others are in flight. */
static void a_callback_may_submit(void)
{
	struct uk_blkreq own[REQUESTS];
	unsigned int i;

	open_disk(0);
	for (i = 0; i < REQUESTS; i++) {
		own[i] = request_of(UK_BLKREQ_READ, 1);
		own[i].cb = submit_again;
		CHECK(submit(&own[i]) > 0);
	}
	for (i = 0; i < REQUESTS + 3; i++)
		serve(0);
	end();
}

static void what_is_refused_costs_no_place(void)
{
	struct uk_blkreq own[] = {
		request_of(UK_BLKREQ_READ, SECTORS_MAX + 1),
		request_of((enum uk_blkreq_op)77, 1),
		request_of(UK_BLKREQ_READ, (__sector)1 << 32),
		request_of(UK_BLKREQ_READ, 1),
	};
	unsigned int i;

	open_disk(0);
	for (i = 0; i < 3 * REQUESTS; i++)
		CHECK(submit(&own[i % 3]) == -EINVAL);
	driver.fault = -EAGAIN;
	for (i = 0; i < REQUESTS + 1; i++)
		CHECK(submit(&own[3]) == 0);
	driver.fault = -ENOTSUP;
	for (i = 0; i < REQUESTS + 1; i++)
		CHECK(submit(&own[3]) == -ENOTSUP);
	driver.fault = 0;
	CHECK(!called);
	for (i = 0; i < REQUESTS; i++)
		CHECK(submit(&own[3]) > 0);
	for (i = 0; i < REQUESTS; i++)
		serve(0);
	end();
	open_disk(0x1000);
	tree_hides = true;
	CHECK(submit(&own[3]) == -ERANGE && !driver.count);
	end();
}

/* It has nothing to flush. */
static void a_disk_without_a_cache_is_flushed(void)
{
	struct uk_blkreq own = request_of(UK_BLKREQ_FFLUSH, 0);

	add(0, false, false);
	CHECK(submit(&own) > 0 && !driver.count);
	CHECK(called == 1 && !own.result && !own.state);
	end();
}

static void interrupts_come_when_asked_for(void)
{
	open_disk(0);
	driver.wake(driver.host);
	CHECK(!events);
	driver.late_count = 1;
	CHECK(disk->dev_ops->queue_intr_enable(disk, queue) == 1);
	CHECK(disk->dev_ops->queue_intr_enable(disk, queue) == 0);
	driver.wake(driver.host);
	CHECK(events == 1);

	driver.is_on = false;	/* off after each */
	driver.late_count = 2;
	CHECK(disk->finish_reqs(disk, queue) == 0);
	CHECK(driver.is_on && driver.finishes == 3);
	driver.fault = -EIO;
	CHECK(disk->finish_reqs(disk, queue) == -EIO);
	driver.fault = 0;
	CHECK(!disk->dev_ops->queue_intr_disable(disk, queue) && !driver.is_on);
	CHECK(disk->finish_reqs(disk, queue) == 0 && !driver.is_on);
	end();
}

int main(void)
{
	it_says_what_the_driver_says();
	requests_reach_the_driver(0);
	requests_reach_the_driver(0x100000000);
	a_callback_may_submit();
	what_is_refused_costs_no_place();
	a_disk_without_a_cache_is_flushed();
	interrupts_come_when_asked_for();
	return 0;
}
