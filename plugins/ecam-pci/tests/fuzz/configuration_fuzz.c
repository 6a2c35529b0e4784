/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A host whose window, bus-range, ranges and configuration space are anything,
 * scanned by the kit's own code: nothing outside the window is touched, and the
 * scan ends.
 */
#include "../../ukdriver_ecam_pci/c/ecam_pci.c"

#include <fuzz.h>
#include <ukd/bus.h>

#include <../classes/pci-host/pci_access.c>
#include <../classes/pci-host/pci_bars.c>
#include <../classes/pci-host/pci_bridges.c>
#include <../classes/pci-host/pci_functions.c>
#include <../classes/pci-host/pci_scan.c>
#include <../classes/pci-host/pci_windows.c>

#include <string.h>

#define WINDOW		0x40000000UL
#define BUSES		4U
#define FUNCTIONS	8U
#define RANGES		4U

/* Functions that are there: in a slot of a bus, with registers as they keep. */
static struct {
	uint32_t address;
	uint32_t word[64];
	uint32_t mask[64];	/* bits that keep what is written */
} functions[FUNCTIONS];

static unsigned int function_count, range_count, found_count;
static struct ukd_range ranges[RANGES];
static struct ukd_device dev = { .path = "/pcie", .node = "" };
static uint32_t cells[3];

static uint32_t *register_at(uintptr_t address, unsigned int bytes,
			     uint32_t *mask)
{
	uint32_t function = (uint32_t)((address - WINDOW) >> 12), i;
	unsigned int offset = address & 0xfff;

	CHECK(address + bytes <= WINDOW + dev.region[0].size);
	for (i = 0; i < function_count; i++) {
		if (functions[i].address != function || offset >= 256)
			continue;
		*mask = functions[i].mask[offset / 4];
		return &functions[i].word[offset / 4];
	}
	return NULL;
}

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	uint32_t mask, *word = register_at(address, bytes, &mask);

	(void)value;
	value = word ? *word : UINT32_MAX;
	return value >> 8 * (address & 3) & UINT32_MAX >> (32 - 8 * bytes);
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	uint32_t mask, *word = register_at(address, bytes, &mask);
	unsigned int shift = 8 * (address & 3);

	fake_write_count = 0;
	if (!word)
		return 0;
	mask &= UINT32_MAX >> (32 - 8 * bytes) << shift;
	*word = (*word & ~mask) | ((uint32_t)value << shift & mask);
	return 0;
}

/* The kit around */

int ukd_ranges(const struct ukd_device *host, unsigned int index,
	       struct ukd_range *range)
{
	CHECK(host == &dev);
	if (index >= range_count)
		return -ENODEV;
	*range = ranges[index];
	return fuzz_is(4) ? -ERANGE : 0;
}

int ukd_irq_map(const struct ukd_device *host, const uint32_t *unit,
		const uint32_t *specifier, struct ukd_irq *irq)
{
	CHECK(host == &dev);
	irq->number = unit[0] + specifier[0];
	return fuzz_is(64) ? -ENODEV : 0;
}

bool ukd_has_driver(const char *compatible)
{
	CHECK(strlen(compatible) < 64);
	return fuzz_byte() & 1;
}

static void try_config(const struct ukd_device *found)
{
	unsigned int after = 0, count = 0;

	while ((after = ukd_pci_capability(found, fuzz_byte(), after)))
		CHECK(after < 256 && count++ < 64);
	ukd_pci_set_master(found, fuzz_byte() & 1);
}

int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *found, const char *name,
		   const char *compatible, size_t size)
{
	unsigned int i;

	CHECK(parent == &dev && !compatible[size - 1] && strlen(name) < 8);
	CHECK(found->region_count <= 6 && found->irq_count <= 1);
	for (i = 0; i < found->region_count; i++)
		CHECK(!(found->region[i].size & (found->region[i].size - 1)));
	found_count++;
	try_config(found);
	return fuzz_is(16) ? -ENOMEM : 0;
}

/* What the input says */

static void make_function(unsigned int i)
{
	unsigned int count, at;

	memset(&functions[i], 0, sizeof(functions[i]));
	functions[i].address = (uint32_t)(fuzz_byte() & (BUSES - 1)) << 8 |
			       fuzz_byte();
	functions[i].word[0] = fuzz_word();
	functions[i].mask[1] = 0x7;
	/* device, bridge, CardBus or whatever */
	functions[i].word[3] = (uint32_t)fuzz_byte() << 16;
	functions[i].word[2] = fuzz_is(128) ? fuzz_word() : 0x06040000;
	functions[i].mask[6] = UINT32_MAX;	/* bus numbers */
	for (at = 4; at < 10; at++) {
		if (!fuzz_is(128))
			continue;
		functions[i].word[at] = fuzz_byte();
		functions[i].mask[at] = UINT32_MAX << (fuzz_byte() & 31);
	}
	for (count = fuzz_byte() & 7; count; count--) {
		at = fuzz_byte() & 63;
		functions[i].word[at] = fuzz_word();
		functions[i].mask[at] = fuzz_word();
	}
}

static void make_ranges(void)
{
	unsigned int i;

	range_count = fuzz_below(RANGES + 1);
	for (i = 0; i < range_count; i++) {
		ranges[i].space = (uint32_t)fuzz_byte() << 24;
		ranges[i].child = fuzz_long() >> (fuzz_byte() & 63);
		ranges[i].base = fuzz_long() >> (fuzz_byte() & 63);
		ranges[i].size = fuzz_long() >> (fuzz_byte() & 63);
		/* ukd_ranges() gives none that overflows */
		if (ranges[i].child + ranges[i].size < ranges[i].child ||
		    ranges[i].base + ranges[i].size < ranges[i].base)
			ranges[i].size = 0;
	}
}

static void make_host(void)
{
	memset(ecam_pci_hosts, 0, sizeof(ecam_pci_hosts));
	host_count = 0;
	found_count = 0;
	dev.region[0].base = WINDOW;
	dev.region[0].size = (size_t)fuzz_below(BUSES + 1) << 20 |
			     (fuzz_is(16) ? fuzz_half() : 0);
	if (dev.region[0].size > BUSES << 20)
		dev.region[0].size = BUSES << 20;
	dev.region_count = !fuzz_is(4);
	if (fuzz_byte() & 1) {
		cells[0] = ukd_be32(fuzz_is(16) ? fuzz_word() : fuzz_byte());
		cells[1] = ukd_be32(fuzz_is(16) ? fuzz_word() : fuzz_byte());
		fake_property("bus-range", cells, fuzz_is(8) ? fuzz_below(13) :
							       8);
	}
	make_ranges();
}

static void access_anything(void)
{
	uint32_t function = fuzz_is(64) ? fuzz_word() : fuzz_half();
	unsigned int offset = fuzz_is(64) ? fuzz_word() : fuzz_half() & 0xfff;
	unsigned int bytes = 1U << fuzz_below(3);

	if (fuzz_byte() & 1)
		ecam_pci_write(ecam_pci_hosts, function, offset, bytes,
			       fuzz_word());
	else
		ecam_pci_read(ecam_pci_hosts, function, offset, bytes);
}

void fuzz_init(void)
{
	fake_map(WINDOW, BUSES << 20);
}

void fuzz_one(void)
{
	unsigned int i;
	int rc;

	make_host();
	function_count = fuzz_below(FUNCTIONS + 1);
	for (i = 0; i < function_count; i++)
		make_function(i);
	fake_on_read = on_read;
	fake_on_write = on_write;
	rc = ukd_driver_ecam_pci.probe(&dev, NULL);
	CHECK(rc <= 0 && found_count <= FUNCTIONS * BUSES);
	while (!rc && fuzz_has_more())
		access_anything();
}
