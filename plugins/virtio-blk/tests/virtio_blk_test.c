/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtio_blk_fake.h"

/* What a disk says of itself */

static void a_plain_disk(void)
{
	reset();
	CHECK(probe() == 0 && start_count == 1 && fake_log_count == 0);
	CHECK(info.sectors == 2048 && info.sector_bytes == 512);
	CHECK(info.physical_bytes == 512 && info.alignment_sectors == 0);
	CHECK(info.sectors_max == VIRTIO_BLK_BYTES_MAX / 512);
	CHECK(info.requests_max == 128);
	CHECK(!info.is_read_only && info.can_flush);
}

static void larger_sectors_and_topology(void)
{
	reset();
	offer(VIRTIO_BLK_F_BLK_SIZE);
	offer(VIRTIO_BLK_F_TOPOLOGY);
	offer(VIRTIO_BLK_F_RO);
	offer(VIRTIO_BLK_F_SIZE_MAX);
	offered &= ~UKD_VIRTIO_BIT(VIRTIO_BLK_F_FLUSH);
	set(VIRTIO_BLK_CAPACITY, 2051, 8);
	set(VIRTIO_BLK_BLK_SIZE, 2048, 4);
	set(VIRTIO_BLK_SIZE_MAX, 65537, 4);
	set(VIRTIO_BLK_PHYSICAL_EXP, 3, 1);
	set(VIRTIO_BLK_ALIGNMENT, 7, 1);
	CHECK(probe() == 0 && fake_log_count == 0);
	CHECK(info.sectors == 512 && info.sector_bytes == 2048);
	CHECK(info.physical_bytes == 16384 && info.alignment_sectors == 7);
	CHECK(info.sectors_max == 32);
	CHECK(info.is_read_only && !info.can_flush);
}

/* What isn't offered isn't read: there, anything may stand. */
static void fields_without_their_feature(void)
{
	reset();
	memset(configuration + 8, 0xff, sizeof(configuration) - 8);
	CHECK(probe() == 0 && fake_log_count == 0);
	CHECK(info.sector_bytes == 512 && info.physical_bytes == 512);

	reset();
	configuration_size = 8;
	CHECK(probe() == 0 && fake_log_count == 0);
}

static void sizes_that_no_disk_has(void)
{
	static const uint32_t sizes[] = {
		0, 1, 511, 513, 1000, 0x7fffffff, 0x80000000, 0xffffffff,
	};
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		reset();
		offer(VIRTIO_BLK_F_BLK_SIZE);
		set(VIRTIO_BLK_BLK_SIZE, sizes[i], 4);
		CHECK(probe() == -EINVAL && !ops && !fake_held());
		CHECK(fake_log_count == 1 && stop_count == 1);
		CHECK(fake_logged(", want a power of two from 512 to 1073741824\n"));
	}
	reset();
	offer(VIRTIO_BLK_F_BLK_SIZE);
	offer(VIRTIO_BLK_F_SIZE_MAX);
	set(VIRTIO_BLK_BLK_SIZE, 4096, 4);
	set(VIRTIO_BLK_SIZE_MAX, 4095, 4);
	CHECK(probe() == -EINVAL && !fake_held());
	CHECK(fake_logged("size_max: is 4095, want a sector of 4096 at least\n"));

	reset();
	offer(VIRTIO_BLK_F_BLK_SIZE);
	offer(VIRTIO_BLK_F_SIZE_MAX);
	set(VIRTIO_BLK_CAPACITY, UINT64_MAX, 8);
	set(VIRTIO_BLK_BLK_SIZE, 0x40000000, 4);
	set(VIRTIO_BLK_SIZE_MAX, 0xffffffff, 4);
	CHECK(probe() == 0 && info.sectors_max == 1);
	CHECK(info.sectors == UINT64_MAX / 0x200000);
}

static void a_topology_that_cant_be(void)
{
	static const struct {
		uint32_t sector;
		uint8_t exponent, alignment;
		bool is_fine;
	} cases[] = {
		{ 512, 21, 0, true }, { 512, 22, 0, false },
		{ 512, 31, 0, false }, { 512, 32, 0, false },
		{ 512, 255, 255, false }, { 512, 0, 0, true },
		{ 512, 0, 1, false }, { 512, 3, 8, false },
		{ 0x40000000, 0, 0, true }, { 0x40000000, 1, 0, false },
		{ 512, 8, 255, true },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		reset();
		offer(VIRTIO_BLK_F_BLK_SIZE);
		offer(VIRTIO_BLK_F_TOPOLOGY);
		set(VIRTIO_BLK_BLK_SIZE, cases[i].sector, 4);
		set(VIRTIO_BLK_PHYSICAL_EXP, cases[i].exponent, 1);
		set(VIRTIO_BLK_ALIGNMENT, cases[i].alignment, 1);
		CHECK(probe() == 0);
		CHECK(fake_log_count == !cases[i].is_fine);
		if (!cases[i].is_fine) {
			CHECK(fake_logged("warn: /virtio_mmio@a000000/device2: topology: "));
			CHECK(info.physical_bytes == cases[i].sector);
			CHECK(info.alignment_sectors == 0);
		}
	}
}

static void a_configuration_that_ends_early(void)
{
	static const struct {
		unsigned int feature, size;
	} cases[] = {
		{ VIRTIO_BLK_F_FLUSH, 7 }, { VIRTIO_BLK_F_SIZE_MAX, 11 },
		{ VIRTIO_BLK_F_BLK_SIZE, 23 }, { VIRTIO_BLK_F_TOPOLOGY, 24 },
		{ VIRTIO_BLK_F_TOPOLOGY, 25 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		reset();
		offer(cases[i].feature);
		configuration_size = cases[i].size;
		CHECK(probe() == -ERANGE && !ops && !fake_held());
		CHECK(fake_log_count == 1 && fake_logged("configuration: no "));
	}
}

/* Set-up that fails */

static void nothing_is_kept_of_one_that_failed(void)
{
	unsigned int i;

	CHECK(fake_fail_every_allocation(reset, probe) == 3);
	for (i = 1; i <= 3; i++) {
		reset();
		fake_fail_allocation(i);
		CHECK(probe() == -ENOMEM && !ops);
		CHECK(fake_log_count == (i > 1) && stop_count == (i > 1));
	}
	reset();
	start_rc = -ENOTSUP;
	CHECK(probe() == -ENOTSUP && !fake_held());
	reset();
	queue_rc = -ENOMEM;
	CHECK(probe() == -ENOMEM && !fake_held() && stop_count == 1);
	reset();
	queue_rc = -ENODEV;
	CHECK(probe() == -EINVAL && !fake_held() && stop_count == 1);
	CHECK(fake_logged("queue 0: can't be set up (error -19)\n"));
	reset();
	add_rc = -ENOMEM;
	CHECK(probe() == -ENOMEM && !fake_held() && stop_count == 1);
}

static void queues_of_any_size(void)
{
	static const struct {
		unsigned int entries, indirect, direct;
	} cases[] = {
		{ 4, 4, 1 }, { 8, 8, 2 }, { 128, 128, 42 },
		{ 256, 256, 85 }, { 32768, 256, 85 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		reset();
		queue_entries = cases[i].entries;
		CHECK(probe() == 0);
		CHECK(info.requests_max == cases[i].indirect);
		reset();
		queue_entries = cases[i].entries;
		offered &= ~UKD_VIRTIO_BIT(UKD_VIRTIO_F_INDIRECT_DESC);
		CHECK(probe() == 0);
		CHECK(info.requests_max == cases[i].direct);
	}
	for (i = 1; i < 3; i++) {
		reset();
		queue_entries = i;
		CHECK(probe() == -EINVAL && !fake_held() && fake_log_count == 1);
		CHECK(fake_logged(" entries, want 3 at least\n"));
	}
}

int main(void)
{
	a_plain_disk();
	larger_sectors_and_topology();
	fields_without_their_feature();
	sizes_that_no_disk_has();
	a_topology_that_cant_be();
	a_configuration_that_ends_early();
	nothing_is_kept_of_one_that_failed();
	queues_of_any_size();
	reset();
	return fake_report();
}
