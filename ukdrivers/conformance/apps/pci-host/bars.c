/* SPDX-License-Identifier: BSD-3-Clause */
/* BARs: what the devices ask for, and what they were given. */

#include "pci_check.h"

#include <stdio.h>
#include <ukd/mmio.h>

static const char *const names[KINDS] = { "edu", "testdev", "memory" };

static uint32_t mask_of(const struct ukd_device *dev, unsigned int number,
			uint32_t *value)
{
	unsigned int offset = PCI_BAR(number);
	uint32_t mask;

	*value = ukd_pci_read32(dev, offset);
	ukd_pci_write32(dev, offset, UINT32_MAX);
	mask = ukd_pci_read32(dev, offset);
	ukd_pci_write32(dev, offset, *value);
	return mask;
}

/* PCI 6.2.5.1. */
struct bar bar_of(const struct ukd_device *dev, unsigned int number)
{
	uint16_t command = ukd_pci_read16(dev, PCI_COMMAND);
	uint32_t low, high = 0, mask, upper = UINT32_MAX;
	struct bar bar = { 0 };

	ukd_pci_write16(dev, PCI_COMMAND, 0);
	mask = mask_of(dev, number, &low);
	bar.is_io = low & PCI_BAR_IO;
	bar.is_wide = !bar.is_io &&
		      UKD_FIELD_GET(PCI_BAR_TYPE, mask) == PCI_BAR_TYPE_64;
	if (bar.is_wide)
		upper = mask_of(dev, number + 1, &high);
	ukd_pci_write16(dev, PCI_COMMAND, command);

	if (!mask)
		return bar;
	mask &= bar.is_io ? ~UKD_MASK(1, 0) : ~UKD_MASK(3, 0);
	low &= bar.is_io ? ~UKD_MASK(1, 0) : ~UKD_MASK(3, 0);
	bar.size = -((uint64_t)upper << 32 | mask);
	bar.address = (uint64_t)high << 32 | low;
	return bar;
}

/* For whoever knows what is where: each device, and where its BARs are. */
void show_devices(void)
{
	const struct ukd_device *dev;
	unsigned int kind, i, n;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; (dev = device((enum kind)kind, i)); i++) {
			printf("device %s: %s irq %u\n", dev->path, names[kind],
			       dev->irq_count ? dev->irq[0].number : 0);
			for (n = 0; n < UKD_PCI_BARS; n++) {
				struct bar bar = bar_of(dev, n);

				if (dev->region[n].size)
					printf("bar %s: %u %s %#lx+%#zx on the bus %#lx\n",
					       dev->path, n,
					       bar.is_io ? "io" : "memory",
					       dev->region[n].base,
					       dev->region[n].size, bar.address);
				n += bar.is_wide;
			}
		}
	}
}

/* Before anything else is done with them. */
void check_decoded(void)
{
	const struct ukd_device *dev;
	unsigned int i, n;

	for (i = 0; (dev = any_device(i)); i++) {
		uint16_t wanted = 0;

		for (n = 0; n < UKD_PCI_BARS; n++) {
			if (!dev->region[n].size)
				continue;
			wanted |= ukd_pci_read32(dev, PCI_BAR(n)) & PCI_BAR_IO ?
				  PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
		}
		CHECK(wanted & PCI_COMMAND_MEMORY);
		WANT(ukd_pci_read16(dev, PCI_COMMAND) & PCI_COMMAND_USED,
		     wanted);
	}
}

/* region[n] is BAR n, and nothing is where there is none. */
void check_regions(void)
{
	const struct ukd_device *dev;
	unsigned int i, n;

	for (i = 0; (dev = any_device(i)); i++) {
		bool is_upper = false;

		for (n = 0; n < UKD_PCI_BARS; n++) {
			const struct ukd_region *region = &dev->region[n];
			struct bar bar = { 0 };

			if (!is_upper)
				bar = bar_of(dev, n);
			is_upper = bar.is_wide;
			/* an I/O window may be missing */
			if (bar.is_io && !region->size)
				continue;
			WANT(region->size, bar.size);
			CHECK(!bar.size || !(region->base & (bar.size - 1)));
		}
	}
}

/* Memory that nobody else has: its first and last word are its own. */
void check_shared_memory(void)
{
	const struct ukd_device *dev;
	const struct ukd_region *region;
	unsigned int i;

	for (i = 0; (dev = device(MEMORY, i)); i++) {
		region = &dev->region[2];
		if (!CHECK(region->size))
			return;
		ukd_mmio_write64(region->base, 0, ~(uint64_t)dev->unit);
		ukd_mmio_write64(region->base, region->size - 8,
				 (uint64_t)dev->unit << 32 | i);
	}
	for (i = 0; (dev = device(MEMORY, i)); i++) {
		region = &dev->region[2];
		WANT(ukd_mmio_read64(region->base, 0), ~(uint64_t)dev->unit);
		WANT(ukd_mmio_read64(region->base, region->size - 8),
		     (uint64_t)dev->unit << 32 | i);
	}
}
