/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver and the kit's queues on a hostile disk. Whatever it does, each
 * request that was taken ends once, and well only if its status says so.
 */
#include <virtio.h>

#include "../../ukdriver_virtio_blk/c/virtio_blk.c"

#define REQUESTS	64U
#define DATA_BYTES	4096U
#define STARTS_MAX	16U

static struct ukd_block_request requests[REQUESTS];
static bool is_in[REQUESTS];
static unsigned int in_count;
static uint8_t *data;
static uint64_t data_address;

static const struct ukd_block_ops *ops;
static void *disk;
static struct ukd_block_info info;
static bool is_taken, resubmits;
static unsigned int starts_left;

int ukd_block_add(const struct ukd_device *dev,
		  const struct ukd_block_ops *block_ops, void *self,
		  const struct ukd_block_info *block_info)
{
	CHECK(dev == &fuzz_found);
	if (!is_taken)
		return -ENOMEM;
	ops = block_ops;
	disk = self;
	info = *block_info;
	CHECK(info.sector_bytes >= 512 && info.sectors_max);
	CHECK(!(info.sector_bytes & (info.sector_bytes - 1)));
	CHECK((uint64_t)info.sectors_max * info.sector_bytes <= UINT32_MAX);
	CHECK(info.physical_bytes >= info.sector_bytes);
	CHECK(info.requests_max);
	return 0;
}

static void on_wake(void *host)
{
	CHECK(host == requests);
}

static void submit(void);

static void on_done(struct ukd_block_request *request, int status)
{
	size_t i = (size_t)(request - requests);

	CHECK(i < REQUESTS && is_in[i]);
	CHECK(status == 0 || status == -EIO || status == -ENOTSUP);
	is_in[i] = false;
	in_count--;
	if (resubmits)
		submit();
}

static bool is_within(const struct ukd_block_request *request)
{
	return request->count && request->count <= info.sectors_max &&
	       request->sector <= info.sectors &&
	       request->count <= info.sectors - request->sector;
}

/* Any operation, the device's memory for its data as far as there is some. */
static void make(struct ukd_block_request *request)
{
	uint32_t fits = DATA_BYTES / info.sector_bytes;

	memset(request, 0, sizeof(*request));
	request->operation = fuzz_byte() % 4;
	request->sector = fuzz_is(32) ? fuzz_long() : fuzz_byte();
	request->count = fuzz_is(16) ? fuzz_word() : fuzz_byte() & 7;
	request->data = data;
	request->address = data_address;
	request->done = on_done;
	/* what passes has to be memory, as a host's is */
	if (request->operation != UKD_BLOCK_FLUSH && is_within(request) &&
	    request->count > fits)
		request->count = fits;
}

static void submit(void)
{
	struct ukd_block_request *list[4];
	unsigned int count = 1 + (fuzz_byte() & 3), n = 0, i = fuzz_byte();
	unsigned int left, taken = UINT32_MAX;
	int rc;

	for (left = REQUESTS; left && n < count; left--, i++) {
		if (is_in[i % REQUESTS])
			continue;
		list[n] = &requests[i % REQUESTS];
		make(list[n++]);
	}
	if (!n)
		return;	/* all are in */
	/* is the driver's from now on: it may end before submit() does */
	for (i = 0; i < n; i++)
		is_in[list[i] - requests] = true;
	in_count += n;
	rc = ops->submit(disk, list, n, &taken);
	CHECK(taken <= n && (taken == n) == !rc);
	CHECK(rc == 0 || rc == -EAGAIN || rc == -EINVAL || rc == -ENOTSUP ||
	      rc == -EIO);
	for (i = 0; i < taken; i++)
		CHECK(list[i]->operation == UKD_BLOCK_FLUSH ||
		      is_within(list[i]));
	for (; i < n; i++)
		is_in[list[i] - requests] = false;
	in_count -= n - taken;
	CHECK(in_count <= info.requests_max);
}

static void stop(void)
{
	resubmits = false;
	ops->stop(disk);
	CHECK(!in_count);
}

static void step(void)
{
	unsigned int before = in_count;
	int rc;

	switch (fuzz_below(8)) {
	case 0:
	case 1:
	case 2:
		submit();
		break;
	case 3:
	case 4:
		rc = ops->finish(disk);
		CHECK(rc == -EIO || rc >= 0);
		CHECK(rc <= (int)before || resubmits);
		break;
	case 5:
		ops->set_interrupt(disk, fuzz_byte() & 1);
		break;
	case 6:
		resubmits = fuzz_byte() & 1;
		break;
	case 7:
		if (!starts_left)
			break;
		starts_left--;
		stop();
		ops->start(disk, on_wake, requests);
		break;
	}
}

void fuzz_init(void)
{
	fuzz_virtio_init();
	data = malloc(DATA_BYTES);
}

void fuzz_one(void)
{
	int rc;

	ops = NULL;
	in_count = 0;
	resubmits = false;
	starts_left = STARTS_MAX;
	memset(is_in, 0, sizeof(is_in));
	memset(data, 0, DATA_BYTES);
	is_taken = !fuzz_is(4);
	fuzz_virtio_new(VIRTIO_BLK_WANTED |
			UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC));
	data_address = fuzz_virtio_share(data, DATA_BYTES);
	rc = ukd_driver_virtio_blk.probe(&fuzz_found, NULL);
	CHECK(rc <= 0 && !rc == !!ops);
	if (rc)
		CHECK(fuzz_virtio.piece_count == 1 + fuzz_virtio_kept());
	if (!rc && !ops->start(disk, on_wake, requests)) {
		while (fuzz_has_more())
			step();
	}
	if (!rc)
		stop();
	CHECK(fake_log_count < 80);
	fuzz_virtio_end();
}
