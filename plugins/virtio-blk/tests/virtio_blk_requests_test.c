/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtio_blk_fake.h"

/* What a request looks like to the device */

static void a_read(void)
{
	reset();
	start();
	CHECK(submit(0, UKD_BLOCK_READ, 2047, 1) == 0);
	CHECK(entry_count == 1 && published == 1 && publish_count == 1);
	CHECK(entries[0].out == 1 && entries[0].in == 2);
	CHECK(header_of(0).type == VIRTIO_BLK_T_IN);
	CHECK(header_of(0).reserved == 0 && header_of(0).sector == 2047);
	CHECK(entries[0].segment[1].address == requests[0].address);
	CHECK(entries[0].segment[1].size == 512);
	CHECK(ops->finish(disk) == 0 && done_total == 0);
	answer(0, VIRTIO_BLK_S_OK, 513);
	CHECK(ops->finish(disk) == 1 && done_count[0] == 1);
	CHECK(done_status[0] == 0);
	CHECK(ops->finish(disk) == 0 && done_total == 1);
}

static void a_write_of_larger_sectors(void)
{
	reset();
	offer(VIRTIO_BLK_F_BLK_SIZE);
	set(VIRTIO_BLK_BLK_SIZE, 4096, 4);
	start();
	CHECK(submit(0, UKD_BLOCK_WRITE, 250, 6) == 0);
	CHECK(entries[0].out == 2 && entries[0].in == 1);
	CHECK(header_of(0).type == VIRTIO_BLK_T_OUT);
	CHECK(header_of(0).sector == 2000);
	CHECK(entries[0].segment[1].address == requests[0].address);
	CHECK(entries[0].segment[1].size == 24576);
	answer(0, VIRTIO_BLK_S_OK, 1);
	CHECK(ops->finish(disk) == 1 && done_status[0] == 0);
}

static void a_flush(void)
{
	reset();
	start();
	/* a header that an earlier request has left its marks in */
	CHECK(submit(0, UKD_BLOCK_WRITE, 7, 1) == 0);
	answer_well(0);
	CHECK(ops->finish(disk) == 1);
	CHECK(submit(1, UKD_BLOCK_FLUSH, 99999, 77) == 0);
	CHECK(entries[0].out == 1 && entries[0].in == 1);
	CHECK(header_of(0).type == VIRTIO_BLK_T_FLUSH);
	CHECK(header_of(0).sector == 0);
	CHECK(ops->finish(disk) == 0 && done_count[1] == 0);
	answer_well(0);
	CHECK(ops->finish(disk) == 1 && done_status[1] == 0);

	reset();
	offered &= ~UKD_VIRTIO_BIT(VIRTIO_BLK_F_FLUSH);
	start();
	CHECK(submit(0, UKD_BLOCK_FLUSH, 0, 0) == -ENOTSUP);
	CHECK(entry_count == 0 && publish_count == 0);
}

/* What is refused: nothing of it reaches the device */

static void what_is_out_of_range(void)
{
	static const struct {
		uint64_t sector;
		uint32_t count;
	} cases[] = {
		{ 2048, 1 }, { 2047, 2 }, { 0, 0 }, { 2048, 0 }, { 0, 2049 },
		{ UINT64_MAX, 1 }, { UINT64_MAX - 1, 3 }, { 1, UINT32_MAX },
		{ (1ULL << 55) + 1, 1 }, { UINT64_MAX, UINT32_MAX },
	};
	unsigned int i;

	reset();
	start();
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK(submit(0, UKD_BLOCK_READ, cases[i].sector,
			     cases[i].count) == -EINVAL);
		CHECK(submit(0, UKD_BLOCK_WRITE, cases[i].sector,
			     cases[i].count) == -EINVAL);
	}
	CHECK(submit(0, (enum ukd_block_operation)3, 0, 1) == -EINVAL);
	CHECK(submit(0, (enum ukd_block_operation)-1, 0, 1) == -EINVAL);
	CHECK(entry_count == 0 && publish_count == 0 && done_total == 0);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 2048) == 0);

	reset();
	offer(VIRTIO_BLK_F_SIZE_MAX);
	set(VIRTIO_BLK_SIZE_MAX, 8192, 4);
	start();
	CHECK(submit(0, UKD_BLOCK_READ, 0, 17) == -EINVAL);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 16) == 0);

	/* the end of what 64 bits can count */
	reset();
	set(VIRTIO_BLK_CAPACITY, UINT64_MAX, 8);
	start();
	CHECK(submit(0, UKD_BLOCK_READ, UINT64_MAX, 1) == -EINVAL);
	CHECK(submit(0, UKD_BLOCK_READ, UINT64_MAX - 1, 2) == -EINVAL);
	CHECK(submit(0, UKD_BLOCK_READ, UINT64_MAX - 1, 1) == 0);

	reset();
	set(VIRTIO_BLK_CAPACITY, 0, 8);
	start();
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EINVAL);
}

static void a_read_only_disk(void)
{
	reset();
	offer(VIRTIO_BLK_F_RO);
	start();
	CHECK(submit(0, UKD_BLOCK_WRITE, 0, 1) == -ENOTSUP);
	CHECK(submit(0, UKD_BLOCK_WRITE, 0, 0) == -ENOTSUP);
	CHECK(entry_count == 0 && publish_count == 0);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == 0);
	CHECK(submit(1, UKD_BLOCK_FLUSH, 0, 0) == 0);
}

/* What the device answers */

static int result(enum ukd_block_operation operation, uint8_t status,
		  uint32_t written)
{
	CHECK(submit(0, operation, 0, 2) == 0);
	answer(0, status, written);
	CHECK(ops->finish(disk) == 1 && done_count[0] == 1);
	return done_status[0];
}

static void every_status(void)
{
	unsigned int status;

	reset();
	start();
	for (status = 0; status < 256; status++) {
		int wanted = status == 0 ? 0 : status == 2 ? -ENOTSUP : -EIO;

		CHECK(result(UKD_BLOCK_READ, (uint8_t)status, 1025) == wanted);
		CHECK(result(UKD_BLOCK_WRITE, (uint8_t)status, 1) == wanted);
		CHECK(result(UKD_BLOCK_FLUSH, (uint8_t)status, 1) == wanted);
	}
}

/* What it didn't write isn't taken for what it wrote. */
static void an_answer_that_is_too_short(void)
{
	reset();
	start();
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_OK, 1024) == -EIO);
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_OK, 1) == -EIO);
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_OK, 0) == -EIO);
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_OK, 1025) == 0);

	/* no status, where the last one still stands */
	CHECK(submit(0, UKD_BLOCK_WRITE, 0, 1) == 0);
	entries[0].is_used = true;
	CHECK(ops->finish(disk) == 1 && done_status[0] == -EIO);
	CHECK(submit(0, UKD_BLOCK_FLUSH, 0, 0) == 0);
	entries[0].is_used = true;
	CHECK(ops->finish(disk) == 1 && done_status[0] == -EIO);

	/* a legacy device's length says nothing */
	reset();
	offered &= ~UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1);
	start();
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_OK, 0) == 0);
	CHECK(result(UKD_BLOCK_READ, VIRTIO_BLK_S_IOERR, 1025) == -EIO);
}

/* Several */

static unsigned int submit_many(unsigned int first, unsigned int count, int rc)
{
	unsigned int i, taken = 0;

	for (i = first; i < first + count; i++)
		make(i, UKD_BLOCK_WRITE, i, 1);
	CHECK(ops->submit(disk, &list[first], count, &taken) == rc);
	return taken;
}

static void as_many_as_there_is_room_for(void)
{
	unsigned int i, j;

	for (j = 0; j < 2; j++) {
		unsigned int most = j ? 42 : 128;

		reset();
		if (j)
			offered &= ~UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC);
		start();
		CHECK(submit_many(0, 200, -EAGAIN) == most);
		CHECK(publish_count == 1 && entry_count == most);
		CHECK(submit_many(most, 1, -EAGAIN) == 0);
		CHECK(publish_count == 1);
		for (i = 0; i < most; i++)
			CHECK(header_of(i).sector == i);

		/* answered in another order, there is room for as many */
		for (i = 0; i < most; i += 2)
			answer_well(i);
		CHECK(ops->finish(disk) == (int)most / 2);
		CHECK(done_count[0] == 1 && done_count[1] == 0);
		CHECK(submit_many(200, 200, -EAGAIN) == most / 2);
		for (i = 0; i < most; i++)
			answer_well(i);
		CHECK(ops->finish(disk) == (int)most);
		CHECK(done_total == most + most / 2 && !entry_count);
		for (i = 0; i < most; i++)
			CHECK(done_count[i] == 1 && done_status[i] == 0);
		CHECK(submit_many(0, most, 0) == most);
	}
}

static void the_first_that_is_refused_ends_it(void)
{
	unsigned int taken = 9;

	reset();
	start();
	make(0, UKD_BLOCK_READ, 0, 1);
	make(1, UKD_BLOCK_READ, 2048, 1);
	make(2, UKD_BLOCK_READ, 1, 1);
	CHECK(ops->submit(disk, list, 3, &taken) == -EINVAL && taken == 1);
	CHECK(entry_count == 1 && publish_count == 1);
	CHECK(ops->submit(disk, list, 0, &taken) == 0 && taken == 0);
	CHECK(publish_count == 1);
}

/* The ring has less room than there are slots: none gets lost. */
static void a_ring_without_room(void)
{
	unsigned int i;

	reset();
	start();
	has_no_room = true;
	for (i = 0; i < 300; i++)
		CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EAGAIN);
	CHECK(publish_count == 0);
	has_no_room = false;
	CHECK(submit_many(0, 200, -EAGAIN) == 128);
}

static unsigned int again_left;

static void submit_again(struct ukd_block_request *request, int status)
{
	unsigned int taken;

	CHECK(status == 0);
	done_total++;
	if (!again_left)
		return;
	again_left--;
	CHECK(ops->submit(disk, &request, 1, &taken) == 0 && taken == 1);
}

/* One that is done makes room for the next, within `done`, too. */
static void submitting_within_done(void)
{
	unsigned int i, taken;

	reset();
	queue_entries = 4;
	start();
	for (i = 0; i < 4; i++)
		make(i, UKD_BLOCK_READ, i, 1)->done = submit_again;
	again_left = 100;
	CHECK(ops->submit(disk, list, 4, &taken) == 0);
	while (entry_count) {
		answer_well(entry_count / 2);
		CHECK(ops->finish(disk) == 1);
	}
	CHECK(done_total == 104);
}

int main(void)
{
	a_read();
	a_write_of_larger_sectors();
	a_flush();
	what_is_out_of_range();
	a_read_only_disk();
	every_status();
	an_answer_that_is_too_short();
	as_many_as_there_is_room_for();
	the_first_that_is_refused_ends_it();
	a_ring_without_room();
	submitting_within_done();
	reset();
	return fake_report();
}
