/* SPDX-License-Identifier: BSD-3-Clause */
/* Every function of a host, and all numbers that none has. */

#include "pci_check.h"

#include <stdio.h>

#define SAMPLE	37U	/* of numbers that none has, one in so many is written */
#define STRAY	0x0badf00dU
#define MARK	0x600dc0deU
#define SEEN_MAX	48U	/* capabilities that fit behind the header */

static const uint8_t offsets[] = {
	PCI_ID, PCI_COMMAND, PCI_CLASS, PCI_BAR(0), PCI_OWN, 0xfc
};

static void check_absent(const struct ukd_device *dev)
{
	unsigned int i;

	for (i = 0; i < sizeof(offsets); i++) {
		WANT(ukd_pci_read8(dev, offsets[i]), 0xff);
		WANT(ukd_pci_read16(dev, offsets[i]), 0xffff);
		WANT(ukd_pci_read32(dev, offsets[i]), 0xffffffff);
	}
	ukd_pci_write8(dev, PCI_OWN, 0xee);
	ukd_pci_write16(dev, PCI_OWN, 0xdddd);
	ukd_pci_write32(dev, PCI_OWN, STRAY);
}

/* A number is used by one function, or by none. Says how many there are. */
void check_nobody(void)
{
	const struct ukd_device *dev;
	unsigned int i, number;

	for (i = 0; (dev = device(TESTDEV, i)); i++)
		ukd_pci_write32(dev, PCI_OWN, MARK);
	for (i = 0; (dev = host_device(i)); i++) {
		unsigned int answers = 0, absent = 0;

		for (number = 0; number < FUNCTIONS; number++) {
			struct ukd_device one = function(dev, number);

			if (~ukd_pci_read32(&one, PCI_ID))
				answers++;
			else if (absent++ % SAMPLE == 0)
				check_absent(&one);
		}
		printf("functions of %s: %u\n", dev->path, answers);
	}
	for (i = 0; (dev = device(TESTDEV, i)); i++)
		WANT(ukd_pci_read32(dev, PCI_OWN), MARK);
}

/* Read the list as it stands. @return how many there are */
static unsigned int list_of(const struct ukd_device *dev, uint8_t *offset)
{
	unsigned int count = 0;
	uint8_t at;

	if (!(ukd_pci_read16(dev, PCI_STATUS) & PCI_STATUS_CAPABILITIES))
		return 0;
	at = ukd_pci_read8(dev, PCI_CAPABILITIES);
	while (at && count < SEEN_MAX) {
		offset[count++] = at;
		at = ukd_pci_read8(dev, at + 1U);
	}
	return count;
}

/* @return whether an identifier stood there more than once */
static bool is_found_as_listed(const struct ukd_device *dev)
{
	uint8_t offset[SEEN_MAX];
	unsigned int count = list_of(dev, offset), id, i, several = 0;

	for (id = 0; id <= UINT8_MAX; id++) {
		unsigned int after = 0, same = 0;

		for (i = 0; i < count; i++) {
			if (ukd_pci_read8(dev, offset[i]) != id)
				continue;
			after = ukd_pci_capability(dev, (uint8_t)id, after);
			WANT(after, offset[i]);
			same++;
		}
		/* the one after the last, or the first of none */
		WANT(ukd_pci_capability(dev, (uint8_t)id, after), 0);
		several += same > 1;
	}
	return several;
}

void check_capability(void)
{
	const struct ukd_device *dev;
	unsigned int number, i;
	bool has_several = false;

	for (i = 0; (dev = host_device(i)); i++) {
		for (number = 0; number < FUNCTIONS; number++) {
			struct ukd_device one = function(dev, number);

			if (~ukd_pci_read32(&one, PCI_ID))
				has_several |= is_found_as_listed(&one);
		}
	}
	CHECK(has_several);
}
