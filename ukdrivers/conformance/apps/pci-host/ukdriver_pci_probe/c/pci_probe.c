/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's PCI devices for tests, for an application that checks their host: each
 * is kept as it is found. The application asks the function that stands in the
 * match table. Memory that is shared with others is found by its class alone.
 *
 * Source: QEMU documentation, "EDU device", "QEMU PCI test device", "Device
 *         Specification for Inter-VM shared memory device".
 */

#include <ukd/driver.h>
#include <ukd/errno.h>

#include <stddef.h>

#define EACH_MAX	16U

struct kind {
	const struct ukd_device *dev[EACH_MAX];
	unsigned int count;
};

static struct kind edus, testdevs, memories;

static const struct ukd_device *at(const struct kind *kind, unsigned int index)
{
	return index < kind->count ? kind->dev[index] : NULL;
}

static const struct ukd_device *edu(unsigned int index)
{
	return at(&edus, index);
}

static const struct ukd_device *testdev(unsigned int index)
{
	return at(&testdevs, index);
}

static const struct ukd_device *memory(unsigned int index)
{
	return at(&memories, index);
}

static const struct ukd_match pci_probe_match[] = {
	{ .compatible = "pci1234,11e8", .variant = edu },
	{ .compatible = "pci1b36,5", .variant = testdev },
	{ .compatible = "pciclass,050000", .variant = memory },
	{ 0 }
};

static int pci_probe_probe(const struct ukd_device *dev, const void *variant)
{
	struct kind *kind = variant == pci_probe_match[0].variant ? &edus :
			    variant == pci_probe_match[1].variant ? &testdevs :
								    &memories;

	if (kind->count == EACH_MAX)
		return -ENOMEM;
	kind->dev[kind->count++] = dev;
	return 0;
}

extern const struct ukd_driver ukd_driver_pci_probe;
const struct ukd_driver ukd_driver_pci_probe = {
	.name = "pci-probe",
	.class = UKD_CLASS_PCI_DEVICE,
	.match = pci_probe_match,
	.probe = pci_probe_probe,
};
