/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtio transports: what their class promises the driver of a device. The
 * devices are disks and an entropy source; what reaches them is not known here.
 */

#include "virtio_check.h"

#include <stddef.h>
#include <stdio.h>
#include <ukd/errno.h>

typedef const struct ukd_device *list(unsigned int index);

extern const struct ukd_driver ukd_driver_virtio_probe;

struct port disks[DISKS_MAX], slow, source;
unsigned int disk_count;

static const struct {
	const char *name;
	void (*check)(void);
} checks[] = {
	{ "features", check_features },
	{ "config", check_config },
	{ "config-change", check_config_change },
	{ "queue-sizes", check_queue_sizes },
	{ "no-queue", check_no_queue },
	{ "several-queues", check_several_queues },
	{ "data", check_data },
	{ "interrupts", check_interrupts },
	{ "no-interrupts", check_no_interrupts },
	{ "own-interrupts", check_own_interrupts },
	{ "stop", check_stop },
};

static list *list_of(unsigned int kind)
{
	return (list *)(uintptr_t)ukd_driver_virtio_probe.match[kind].variant;
}

static void sort_in(const struct ukd_device *dev)
{
	uint64_t sectors = 0;

	WANT(ukd_virtio_config(dev, 0, &sectors, 8), 0);
	if (sectors == SLOW_SECTORS)
		slow.dev = dev;
	else if (CHECK(disk_count < DISKS_MAX))
		disks[disk_count++].dev = dev;
}

/* One that refuses what the kit agrees to isn't used. VIRTIO 3.1.1. */
static void find_disks(void)
{
	unsigned int index = 0, refused = 0;
	const struct ukd_device *dev;

	while ((dev = list_of(0)(index++))) {
		uint64_t agreed;
		int rc = ukd_virtio_start(dev, 0, &agreed);

		refused += rc == -ENOTSUP;
		if (!rc)
			sort_in(dev);
	}
	printf("refused: %u\n", refused);
}

int main(void)
{
	unsigned int i;

	check_begin("found");
	find_disks();
	source.dev = list_of(1)(0);
	if (CHECK(source.dev && slow.dev && disk_count > 1)) {
		for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
			check_begin(checks[i].name);
			checks[i].check();
		}
	}
	return check_report();
}
