/* SPDX-License-Identifier: BSD-3-Clause */
/* Features and configuration. */

#include "virtio_check.h"

#include <stdio.h>
#include <ukd/errno.h>
#include <ukd/time.h>

#define BLK_SIZE	UKD_VIRTIO_BIT(6)	/* VIRTIO 5.2.3: offered by each */
#define CAPACITY	0			/* VIRTIO 5.2.4 */
#define BLK_SIZE_AT	20

static uint64_t agreed(const struct ukd_device *dev, uint64_t wanted)
{
	uint64_t features = ~UINT64_C(0);

	WANT(ukd_virtio_start(dev, wanted, &features), 0);
	return features;
}

/* No more than is wanted, or the ring's; and of that, all that is offered. */
static void check_agreed(const struct ukd_device *dev)
{
	uint64_t offered = agreed(dev, ~UINT64_C(0));

	WANT(agreed(dev, 0), offered & RING_FEATURES);
	WANT(agreed(dev, BLK_SIZE), offered & (RING_FEATURES | BLK_SIZE));
	WANT(agreed(dev, ~BLK_SIZE), offered & ~BLK_SIZE);
	printf("features: %lx\n", offered);
	ukd_virtio_stop(dev);
}

void check_features(void)
{
	unsigned int i;

	for (i = 0; i < disk_count; i++)
		check_agreed(disks[i].dev);
}

/* Every size of access reads the same; what is beyond the end is refused. */
static void check_read(const struct ukd_device *dev)
{
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	uint8_t whole[32], part[32];
	unsigned int i, at, size;

	WANT(ukd_virtio_config(dev, 0, whole, sizeof(whole)), 0);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size = sizes[i];
		for (at = 0; at < sizeof(whole); at += size) {
			WANT(ukd_virtio_config(dev, at, part, size), 0);
			while (size-- > 0)
				WANT(part[size], whole[at + size]);
			size = sizes[i];
		}
	}
	WANT(ukd_virtio_config(dev, 3, part, 5), 0);
	for (i = 0; i < 5; i++)
		WANT(part[i], whole[3 + i]);
	WANT(ukd_virtio_config(dev, 0x10000, part, 1), -ERANGE);
	WANT(ukd_virtio_config(dev, 0xfff0, part, 32), -ERANGE);
	WANT(ukd_virtio_config(dev, UINT32_MAX, part, 4), -ERANGE);
	WANT(ukd_virtio_config(dev, UINT32_MAX - 3, part, 4), -ERANGE);
}

void check_config(void)
{
	unsigned int i;

	for (i = 0; i < disk_count; i++) {
		uint64_t sectors = 0;
		uint32_t bytes = 0;

		WANT(port_start(&disks[i], 4), 0);
		check_read(disks[i].dev);
		WANT(ukd_virtio_config(disks[i].dev, CAPACITY, &sectors, 8), 0);
		WANT(ukd_virtio_config(disks[i].dev, BLK_SIZE_AT, &bytes, 4),
		     0);
		WANT(bytes, SECTOR);
		printf("capacity: %lu\n", sectors);
		ukd_virtio_stop(disks[i].dev);
	}
}

static void count_change(void *arg)
{
	((struct port *)arg)->changes++;
}

/*
 * The first disk grows while it is looked at: its capacity is the old one or
 * the new one, and nothing between. The host waits for the line.
 */
void check_config_change(void)
{
	struct port *disk = &disks[0];
	uint64_t end, before = 0, now = 0;

	WANT(port_start(disk, 4), 0);
	ukd_virtio_on_config(disk->dev, count_change, disk);
	WANT(ukd_virtio_config(disk->dev, CAPACITY, &before, 8), 0);
	puts("resize");
	end = ukd_now_us() + PATIENCE_US;
	do {
		WANT(ukd_virtio_config(disk->dev, CAPACITY, &now, 8), 0);
		CHECK(now == before || now == 2 * before);
	} while ((now == before || !disk->changes) && ukd_now_us() < end);
	WANT(now, 2 * before);
	CHECK(disk->changes);
	ukd_virtio_on_config(disk->dev, NULL, NULL);
	ukd_virtio_stop(disk->dev);
}
