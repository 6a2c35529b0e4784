/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration space of the devices. */

#include "pci_check.h"

#include <string.h>

#define HEADER_END	0x40
#define EXTENDED	0x100
#define EXTENDED_LAST	0xffc
#define EXTENDED_ID_MAX	0x40	/* far more than there are */

static const uint32_t id_of[KINDS] = { 0x11e81234, 0x00051b36, 0x11101af4 };

/* Whether a path ends with "BB:DD.F" of a function. */
static bool is_path_of(const char *path, uint32_t number)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned int bus = UKD_PCI_BUS_OF(number) & 0xff,
			   slot = UKD_PCI_DEVICE_OF(number);
	const char wanted[] = {
		'/', digits[bus >> 4], digits[bus & 0xf],
		':', digits[slot >> 4], digits[slot & 0xf],
		'.', digits[UKD_PCI_FUNCTION_OF(number)], '\0'
	};
	size_t size = strlen(path);

	return size >= sizeof(wanted) &&
	       !strcmp(path + size - sizeof(wanted) + 1, wanted);
}

/* Each answers as the device that it was found as, under its own number. */
void check_identity(void)
{
	const struct ukd_device *dev;
	unsigned int kind, i;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; (dev = device((enum kind)kind, i)); i++) {
			WANT(ukd_pci_read32(dev, PCI_ID), id_of[kind]);
			CHECK(is_path_of(dev->path, dev->unit));
			CHECK(!dev->node);
		}
	}
}

/* The narrower ones read parts of the wider ones, the lowest byte first. */
void check_widths(void)
{
	const struct ukd_device *dev;
	unsigned int i, offset, byte;

	for (i = 0; (dev = any_device(i)); i++) {
		for (offset = 0; offset < HEADER_END; offset += 4) {
			uint32_t word = ukd_pci_read32(dev, offset);

			WANT(ukd_pci_read16(dev, offset), word & 0xffff);
			WANT(ukd_pci_read16(dev, offset + 2), word >> 16);
			for (byte = 0; byte < 4; byte++)
				WANT(ukd_pci_read8(dev, offset + byte),
				     word >> 8 * byte & 0xff);
		}
	}
}

static uint32_t own_value(const struct ukd_device *dev, unsigned int index)
{
	return 0xa5000000 | index << 16 | dev->unit;
}

/* The test device's own registers are memory, in the machine that has it. */
void check_writes(void)
{
	const struct ukd_device *dev = device(TESTDEV, 0);
	unsigned int i;

	ukd_pci_write32(dev, PCI_OWN, 0);
	ukd_pci_write32(dev, PCI_OWN + 4, 0x11223344);
	ukd_pci_write32(dev, PCI_OWN + 8, 0);
	ukd_pci_write8(dev, PCI_OWN + 5, 0xaa);
	WANT(ukd_pci_read32(dev, PCI_OWN + 4), 0x1122aa44);
	ukd_pci_write8(dev, PCI_OWN + 7, 0xbb);
	WANT(ukd_pci_read32(dev, PCI_OWN + 4), 0xbb22aa44);
	ukd_pci_write16(dev, PCI_OWN + 4, 0x5566);
	WANT(ukd_pci_read32(dev, PCI_OWN + 4), 0xbb225566);
	ukd_pci_write16(dev, PCI_OWN + 6, 0x7788);
	WANT(ukd_pci_read32(dev, PCI_OWN + 4), 0x77885566);
	WANT(ukd_pci_read32(dev, PCI_OWN), 0);
	WANT(ukd_pci_read32(dev, PCI_OWN + 8), 0);

	/* each reaches its own function only */
	for (i = 0; (dev = device(TESTDEV, i)); i++)
		ukd_pci_write32(dev, PCI_OWN, own_value(dev, i));
	for (i = 0; (dev = device(TESTDEV, i)); i++)
		WANT(ukd_pci_read32(dev, PCI_OWN), own_value(dev, i));
}

/* Either what is there, or all ones; never again what is below. */
void check_extended(void)
{
	const struct ukd_device *dev;
	unsigned int number, i;
	bool is_any = false;

	for (i = 0; (dev = host_device(i)); i++) {
		for (number = 0; number < FUNCTIONS; number++) {
			struct ukd_device one = function(dev, number);
			uint32_t value;

			if (!~ukd_pci_read32(&one, PCI_ID))
				continue;
			is_any = true;
			value = ukd_pci_read32(&one, EXTENDED);
			CHECK(!~value || (value & 0xffff) < EXTENDED_ID_MAX);
			value = ukd_pci_read32(&one, EXTENDED_LAST);
			CHECK(!~value || !value);
		}
	}
	CHECK(is_any);
}
