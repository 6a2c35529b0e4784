/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's PCI test device: counts writes to its memory and its I/O.
 *
 * Source: QEMU documentation, "pci-test is a device used for testing low level
 *         IO" (docs/specs/pci-testdev.txt).
 */

#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/pci.h>

#include <stddef.h>
#include <stdint.h>

/* Limits */

#define PCI_TESTDEV_MAX		16
#define PCI_TESTDEV_WRITES	5U

/* Registers, the same in memory and I/O */

#define PCI_TESTDEV_TEST	0x00	/* writing it starts a test */
#define PCI_TESTDEV_WIDTH	0x01	/* of the writes that are counted */
#define PCI_TESTDEV_OFFSET	0x04	/* where to write */
#define PCI_TESTDEV_DATA	0x08	/* what to write */
#define PCI_TESTDEV_COUNT	0x0c

/* State */

static const struct ukd_device *pci_testdevs[PCI_TESTDEV_MAX];
static unsigned int pci_testdev_count;

/* Class operations: the application calls it through the match table */

/* Write where the device says, so often; it has counted that. */
static const char *pci_testdev_counts(const struct ukd_region *region)
{
	const uintptr_t base = region->base;
	uint32_t offset, before;
	uint8_t data;
	unsigned int i;

	ukd_mmio_write8(base, PCI_TESTDEV_TEST, 0);
	if (ukd_mmio_read8(base, PCI_TESTDEV_WIDTH) != 1)
		return "width";
	offset = ukd_mmio_read32(base, PCI_TESTDEV_OFFSET);
	if (offset >= region->size)
		return "offset";
	data = ukd_mmio_read8(base, PCI_TESTDEV_DATA);
	before = ukd_mmio_read32(base, PCI_TESTDEV_COUNT);
	for (i = 0; i < PCI_TESTDEV_WRITES; i++)
		ukd_mmio_write8(base, offset, data);
	if (ukd_mmio_read32(base, PCI_TESTDEV_COUNT) !=
	    before + PCI_TESTDEV_WRITES)
		return "count";
	return NULL;
}

static const char *pci_testdev_run(unsigned int index)
{
	const char *failed;

	if (index >= pci_testdev_count)
		return "end";
	failed = pci_testdev_counts(&pci_testdevs[index]->region[0]);
	if (!failed)
		failed = pci_testdev_counts(&pci_testdevs[index]->region[1]);
	ukd_info(pci_testdevs[index], "%s", failed ? failed : "works");
	return failed;
}

/* Probe */

static int pci_testdev_probe(const struct ukd_device *dev, const void *variant)
{
	static const char *const kinds[] = { "memory", "io", "memory" };
	unsigned int i;

	(void)variant;
	if (pci_testdev_count == PCI_TESTDEV_MAX)
		return -ENOMEM;
	if (!dev->region[0].size || !dev->region[1].size || dev->irq_count)
		return -EINVAL;
	for (i = 0; i < 3; i++) {
		if (dev->region[i].size)
			ukd_info(dev, "BAR %u %s %#zx+%#zx", i, kinds[i],
				 dev->region[i].base, dev->region[i].size);
	}
	pci_testdevs[pci_testdev_count++] = dev;
	return 0;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match pci_testdev_match[] = {
	{ .compatible = "pci1b36,5", .variant = pci_testdev_run },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_pci_testdev;
const struct ukd_driver ukd_driver_pci_testdev = {
	.name = "pci-testdev",
	.class = UKD_CLASS_PCI_DEVICE,
	.match = pci_testdev_match,
	.probe = pci_testdev_probe,
};
