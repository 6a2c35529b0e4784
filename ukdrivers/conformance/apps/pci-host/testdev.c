/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's PCI test device: counts writes to its memory and its I/O.
 *
 * Source: QEMU documentation, "pci-test is a device used for testing low level
 *         IO" (docs/specs/pci-testdev.txt).
 */

#include "pci_check.h"

#include <ukd/mmio.h>

#define WRITES			5U

/* Registers, the same in memory and I/O */

#define TESTDEV_TEST		0x00	/* writing it starts a test */
#define TESTDEV_WIDTH		0x01	/* of the writes that are counted */
#define TESTDEV_OFFSET		0x04	/* where to write */
#define TESTDEV_DATA		0x08	/* what to write */
#define TESTDEV_COUNT		0x0c

/* Write where the device says, so often; it has counted that. */
static void count_writes(const struct ukd_region *region)
{
	const uintptr_t base = region->base;
	uint32_t offset, before;
	unsigned int i;
	uint8_t data;

	if (!CHECK(region->size))
		return;
	ukd_mmio_write8(base, TESTDEV_TEST, 0);
	WANT(ukd_mmio_read8(base, TESTDEV_WIDTH), 1);
	offset = ukd_mmio_read32(base, TESTDEV_OFFSET);
	if (!CHECK(offset < region->size))
		return;
	data = ukd_mmio_read8(base, TESTDEV_DATA);
	before = ukd_mmio_read32(base, TESTDEV_COUNT);
	for (i = 0; i < WRITES; i++)
		ukd_mmio_write8(base, offset, data);
	WANT(ukd_mmio_read32(base, TESTDEV_COUNT), before + WRITES);
}

void check_testdev_memory(void)
{
	const struct ukd_device *dev;
	unsigned int i;

	for (i = 0; (dev = device(TESTDEV, i)); i++)
		count_writes(&dev->region[0]);
}

/* A host without a window for I/O gives none to anyone. */
bool has_io(void)
{
	const struct ukd_device *dev;
	unsigned int i;

	for (i = 0; (dev = device(TESTDEV, i)); i++) {
		if (dev->region[1].size)
			return true;
	}
	return false;
}

void check_io(void)
{
	const struct ukd_device *dev;
	unsigned int i;

	for (i = 0; (dev = device(TESTDEV, i)); i++)
		count_writes(&dev->region[1]);
}
