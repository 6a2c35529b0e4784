/* SPDX-License-Identifier: BSD-3-Clause */
/* See model.h. The core's pci_scan.c is in here, so that it forgets hosts. */

#include "model.h"

#include <pci_scan.c>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READS_MAX	10000000U

struct function functions[FUNCTIONS_MAX];
unsigned int function_count;
struct ukd_range ranges[RANGES_MAX];
int range_rc[RANGES_MAX];
unsigned int range_count;
uint8_t first_bus, last_bus;
const struct ukd_device host = { .path = "/pcie@10000000" };
unsigned int read_count;
void (*on_access)(struct function *function, unsigned int offset);
struct ukd_device found[FOUND_MAX];
char found_name[FOUND_MAX][8], found_strings[FOUND_MAX][160];
size_t found_size[FOUND_MAX];
unsigned int found_count;
int add_rc, map_rc, irq_rc;
uint16_t host_vendor;
unsigned int asked_count;
uint32_t irq_unit, irq_pin;

static bool is_noise;	/* nothing is to be expected of the hardware */

/* Making hardware */

void model_reset(void)
{
	fake_reset();
	host_count = 0;
	is_noise = false;
	function_count = 0;
	found_count = 0;
	read_count = 0;
	add_rc = map_rc = irq_rc = 0;
	host_vendor = 0;
	asked_count = 0;
	on_access = NULL;
	first_bus = 0;
	last_bus = 255;
	memset(range_rc, 0, sizeof(range_rc));
	range_count = 3;
	ranges[0] = (struct ukd_range){ 0x01000000, 0, 0x3eff0000, 0x10000 };
	ranges[1] = (struct ukd_range){ 0x02000000, 0x10000000, 0x10000000,
					0x2eff0000 };
	ranges[2] = (struct ukd_range){ 0x03000000, 0x8000000000, 0x8000000000,
					0x8000000000 };
}

uint32_t model_get(const struct function *function, unsigned int offset,
		   unsigned int bytes)
{
	uint32_t value = 0;

	memcpy(&value, function->config + offset, bytes);
	return value;
}

void model_set(struct function *function, unsigned int offset,
	       unsigned int bytes, uint32_t value)
{
	memcpy(function->config + offset, &value, bytes);
}

static void may_write(struct function *function, unsigned int offset,
		      unsigned int bytes, uint32_t bits)
{
	memcpy(function->writable + offset, &bits, bytes);
}

static struct function *add(struct function *above, unsigned int slot,
			    uint32_t id)
{
	struct function *function = &functions[function_count++];

	CHECK(function_count < FUNCTIONS_MAX);
	memset(function, 0, sizeof(*function));
	function->above = above;
	function->slot = (uint8_t)slot;
	model_set(function, 0x00, 4, id);
	may_write(function, 0x04, 2, 0x7);
	may_write(function, 0x3c, 1, 0xff);
	return function;
}

struct function *model_device(struct function *above, unsigned int slot,
			      uint16_t id)
{
	struct function *function = add(above, slot,
					(uint32_t)id << 16 | 0x1234);

	function->bars = 6;
	model_set(function, 0x08, 4, 0x00ff0010);
	may_write(function, 0x30, 4, 0xfffff801);
	model_set(function, 0x30, 4, 1);	/* as firmware left it */
	return function;
}

struct function *model_bridge(struct function *above, unsigned int slot)
{
	struct function *function = add(above, slot, 0x000c1b36);

	function->is_bridge = true;
	function->bars = 2;
	model_set(function, 0x08, 4, 0x06040000);
	model_set(function, 0x0e, 1, 1);
	model_set(function, 0x1c, 2, 0x0101);
	model_set(function, 0x24, 4, 0x00010001);
	may_write(function, 0x18, 4, 0xffffffff);
	may_write(function, 0x1c, 2, 0xf0f0);
	may_write(function, 0x20, 4, 0xfff0fff0);
	may_write(function, 0x24, 4, 0xfff0fff0);
	may_write(function, 0x28, 4, 0xffffffff);
	may_write(function, 0x2c, 4, 0xffffffff);
	may_write(function, 0x30, 4, 0xffffffff);
	may_write(function, 0x3e, 2, 0x00ff);
	return function;
}

void model_bar(struct function *function, unsigned int index, uint64_t size,
	       uint32_t flags)
{
	uint32_t fixed = flags & BAR_IO ? 0x3 : 0xf;
	uint64_t bits = -size;

	function->bar_size[index] = size;
	function->bar_flags[index] = flags;
	model_set(function, 0x10 + 4 * index, 4, flags);
	may_write(function, 0x10 + 4 * index, 4, (uint32_t)bits & ~fixed);
	if (flags & BAR_64)
		may_write(function, 0x14 + 4 * index, 4,
			  (uint32_t)(bits >> 32));
}

void model_express(struct function *function, unsigned int type)
{
	model_set(function, 0x06, 2, 0x10);
	model_set(function, 0x34, 1, 0x40);
	model_set(function, 0x40, 4, type << 20 | 0x10);
}

/* Configuration accesses */

static struct function *on_bus(struct function *above, uint8_t slot)
{
	unsigned int i;

	for (i = 0; i < function_count; i++) {
		if (functions[i].above == above && functions[i].slot == slot)
			return &functions[i];
	}
	return NULL;
}

/* The one bridge on a bus that lets a bus number through. */
static struct function *way_to(struct function *above, uint32_t bus)
{
	struct function *way = NULL;
	unsigned int i;

	for (i = 0; i < function_count; i++) {
		struct function *one = &functions[i];

		if (one->above != above || !one->is_bridge ||
		    bus < one->config[0x19] || bus > one->config[0x1a] ||
		    !one->config[0x19])
			continue;
		CHECK(!way || is_noise);	/* two answer */
		way = one;
	}
	return way;
}

static struct function *function_at(uint32_t address)
{
	uint32_t bus = address >> 8;
	struct function *above = NULL;

	CHECK(bus >= first_bus && bus <= last_bus);
	if (bus == first_bus)
		return on_bus(NULL, (uint8_t)address);
	for (;;) {
		above = way_to(above, bus);
		if (!above)
			return NULL;
		if (above->config[0x19] == bus)
			return on_bus(above, (uint8_t)address);
	}
}

static uint32_t config_read(void *self, uint32_t address, unsigned int offset,
			    unsigned int bytes)
{
	struct function *function = function_at(address);

	CHECK(self == &host);
	CHECK(offset % bytes == 0 && offset + bytes <= 256);
	if (++read_count == READS_MAX) {
		fprintf(stderr, "a scan without end\n");
		abort();
	}
	if (!function || function->is_gone)
		return bytes == 4 ? UINT32_MAX : (1U << 8 * bytes) - 1;
	if (on_access)
		on_access(function, offset);
	return model_get(function, offset, bytes);
}

static void config_write(void *self, uint32_t address, unsigned int offset,
			 unsigned int bytes, uint32_t value)
{
	struct function *function = function_at(address);
	unsigned int i;

	CHECK(self == &host);
	CHECK(offset % bytes == 0 && offset + bytes <= 256);
	if (!function || function->is_gone)
		return;
	if (on_access)
		on_access(function, offset);
	/* nothing may decode while its address changes */
	if (offset >= 0x10 && offset < 0x10 + 4 * function->bars)
		CHECK(!(function->config[0x04] & 0x3) || is_noise);
	for (i = offset; i < offset + bytes; i++, value >>= 8)
		function->config[i] = (uint8_t)(
			(function->config[i] & ~function->writable[i]) |
			(value & function->writable[i]));
}

/* What the core calls */

int ukd_ranges(const struct ukd_device *dev, unsigned int index,
	       struct ukd_range *range)
{
	CHECK(dev == &host);
	if (index >= range_count)
		return -ENODEV;
	*range = ranges[index];
	return range_rc[index];
}

int ukd_irq_map(const struct ukd_device *dev, const uint32_t *unit,
		const uint32_t *specifier, struct ukd_irq *irq)
{
	CHECK(dev == &host && !unit[1] && !unit[2]);
	irq_unit = ukd_be32(unit[0]);
	irq_pin = ukd_be32(specifier[0]);
	*irq = (struct ukd_irq){ .number = 100 + irq_pin };
	return irq_rc;
}

/* Drivers list each device of vendor 0x1234. */
bool ukd_has_driver(const char *compatible)
{
	return !strncmp(compatible, "pci1234,", 8) &&
	       !strchr(compatible, '.');
}

int __wrap_ukd_map(struct ukd_region *region);
int __wrap_ukd_map(struct ukd_region *region)
{
	CHECK(region->size);
	return map_rc;
}

int ukd_device_add(const struct ukd_device *parent,
		   const struct ukd_device *device, const char *name,
		   const char *compatible, size_t size)
{
	CHECK(parent == &host && found_count < FOUND_MAX);
	CHECK(size <= sizeof(*found_strings) && !compatible[size - 1]);
	CHECK(strlen(name) < sizeof(*found_name));
	if (add_rc)
		return add_rc;
	found[found_count] = *device;
	strcpy(found_name[found_count], name);
	memcpy(found_strings[found_count], compatible, size);
	found_size[found_count++] = size;
	return 0;
}

/* The host wants functions of one vendor, other than the drivers'. */
int ukd_pci_unlisted(const struct ukd_device *device)
{
	CHECK(device->bus && !device->path);
	asked_count++;
	if (!host_vendor || ukd_pci_read16(device, 0) != host_vendor)
		return -ENODEV;
	if (!device->region_count)
		return 0;
	if (add_rc)
		return add_rc;
	found_name[found_count][0] = '\0';
	found[found_count++] = *device;
	return 0;
}

static const struct ukd_pci_ops ops = {
	.read = config_read,
	.write = config_write,
};

int model_scan(void)
{
	int rc = ukd_pci_host_add(&host, &ops, (void *)(uintptr_t)&host,
				  first_bus, last_bus);

	model_check();
	return rc;
}

void model_noise(void)
{
	is_noise = true;
	(void)ukd_pci_host_add(&host, &ops, (void *)(uintptr_t)&host, first_bus,
			       last_bus);
}

/* The layout */

const struct ukd_device *model_found(const struct function *function)
{
	unsigned int i;

	for (i = 0; i < found_count; i++) {
		if (function_at(found[i].unit) == function)
			return &found[i];
	}
	return NULL;
}

/* Whether a bridge passes addresses on, in its window into a space. */
static bool passes(const struct function *bridge, enum pci_space space,
		   uint64_t first, uint64_t last)
{
	uint64_t base, limit;

	/* registers that read 0 and keep nothing: no such window */
	if (space != PCI_MEMORY &&
	    !bridge->writable[space == PCI_IO ? 0x1c : 0x24])
		return false;
	if (space == PCI_IO) {
		base = (uint64_t)(bridge->config[0x1c] & 0xf0) << 8;
		limit = (uint64_t)(bridge->config[0x1d] & 0xf0) << 8 | 0xfff;
		base |= (uint64_t)model_get(bridge, 0x30, 2) << 16;
		limit |= (uint64_t)model_get(bridge, 0x32, 2) << 16;
	} else {
		unsigned int offset = space == PCI_MEMORY ? 0x20 : 0x24;

		base = (uint64_t)(model_get(bridge, offset, 2) & 0xfff0) << 16;
		limit = (uint64_t)(model_get(bridge, offset + 2, 2) & 0xfff0)
			<< 16 | 0xfffff;
		if (space == PCI_PREFETCHABLE) {
			base |= (uint64_t)model_get(bridge, 0x28, 4) << 32;
			limit |= (uint64_t)model_get(bridge, 0x2c, 4) << 32;
		}
	}
	return (bridge->config[0x04] & 0x7) == 0x7 && first >= base &&
	       last <= limit;
}

/* How many bridges on a bus pass an address on. */
static unsigned int passed_by(const struct function *above, bool is_io,
			      uint64_t address, const struct function **which)
{
	unsigned int i, count = 0;

	for (i = 0; i < function_count; i++) {
		const struct function *one = &functions[i];

		if (!one->is_bridge || one->above != above || one->is_gone)
			continue;
		if (is_io ? passes(one, PCI_IO, address, address) :
		    passes(one, PCI_MEMORY, address, address) ||
		    passes(one, PCI_PREFETCHABLE, address, address)) {
			count++;
			*which = one;
		}
	}
	return count;
}

/* From the host down, each bridge and no other lets the BAR's ends through. */
static void check_way(const struct function *function, uint32_t flags,
		      uint64_t first, uint64_t last)
{
	const struct function *above, *below, *which = NULL;

	for (below = function; ; below = above) {
		above = below->above;
		/* nobody else on this bus passes on what is for `below` */
		if (below == function) {
			CHECK(!passed_by(above, flags & BAR_IO, first, &which));
			CHECK(!passed_by(above, flags & BAR_IO, last, &which));
		} else {
			CHECK(passed_by(above, flags & BAR_IO, first, &which)
			      == 1 && which == below);
			CHECK(passed_by(above, flags & BAR_IO, last, &which)
			      == 1 && which == below);
		}
		if (!above)
			return;
		if (flags & BAR_IO)
			CHECK(passes(above, PCI_IO, first, last));
		else
			CHECK(passes(above, PCI_MEMORY, first, last) ||
			      (flags & BAR_PREF &&
			       passes(above, PCI_PREFETCHABLE, first, last)));
	}
}

/* Some window of the host has it; the address that the CPU uses, or 0. */
static uint64_t cpu_address(uint32_t flags, uint64_t first, uint64_t last)
{
	unsigned int i;

	for (i = 0; i < range_count; i++) {
		const struct ukd_range *range = &ranges[i];

		if ((range->space >> 24 & 3) == 0 ||
		    ((range->space >> 24 & 3) == 1) != !!(flags & BAR_IO))
			continue;
		if (range->space & 1U << 30 && !(flags & BAR_PREF))
			continue;
		if (!range_rc[i] && first >= range->child &&
		    last - range->child < range->size)
			return range->base + (first - range->child);
	}
	return 0;
}

struct taken {
	bool is_io;
	uint64_t first, last;
};

static struct taken taken[FUNCTIONS_MAX * 6];
static unsigned int taken_count;

static void check_free(bool is_io, uint64_t first, uint64_t last)
{
	unsigned int i;

	for (i = 0; i < taken_count; i++)
		CHECK(taken[i].is_io != is_io || taken[i].last < first ||
		      taken[i].first > last);
	taken[taken_count++] = (struct taken){ is_io, first, last };
}

/* Whether nothing for I/O gets to a function, as far as its bridges are set. */
static bool is_without_io(const struct function *function)
{
	const struct function *above;
	bool has_window = false;
	unsigned int i;

	for (i = 0; i < range_count; i++)
		has_window |= !range_rc[i] &&
			      (ranges[i].space >> 24 & 3) == 1;
	for (above = function->above; above; above = above->above)
		has_window &= above->writable[0x1c] &&
			      (model_get(above, 0x30, 2) << 4 |
			       above->config[0x1c] >> 4) <=
			      (model_get(above, 0x32, 2) << 4 |
			       above->config[0x1d] >> 4);
	return !has_window;
}

static void check_bar(const struct function *function, unsigned int index,
		      const struct ukd_region *region)
{
	uint32_t flags = function->bar_flags[index];
	unsigned int offset = 0x10 + 4 * index;
	uint64_t size = function->bar_size[index];
	uint64_t first = model_get(function, offset, 4);

	if (flags & BAR_IO && is_without_io(function)) {
		CHECK(function->is_bridge || !(function->config[0x04] & 1));
		CHECK(!region || !region->size);
		return;
	}
	first &= ~(uint64_t)(flags & BAR_IO ? 0x3 : 0xf);
	if (flags & BAR_64)
		first |= (uint64_t)model_get(function, offset + 4, 4) << 32;
	CHECK(first && first % size == 0);
	CHECK(function->config[0x04] & (flags & BAR_IO ? 1 : 2));
	CHECK(!(function->config[0x04] & 4) || function->is_bridge);
	check_free(flags & BAR_IO, first, first + size - 1);
	if (range_count)
		check_way(function, flags, first, first + size - 1);
	if (!region)
		return;
	CHECK(region->size == size);
	if (range_count)
		CHECK(cpu_address(flags, first, first + size - 1) ==
		      region->base);
	else
		CHECK(region->base == first);
}

/* Whether configuration accesses get there. */
static bool is_reached(const struct function *function)
{
	const struct function *above;

	for (above = function->above; above; above = above->above) {
		if (!above->config[0x19] || above->is_gone)
			return false;
	}
	return !function->is_gone;
}

void model_check(void)
{
	unsigned int i, index;

	taken_count = 0;
	for (i = 0; i < function_count; i++) {
		const struct function *function = &functions[i];
		const struct ukd_device *device = model_found(function);

		if (!is_reached(function))
			continue;
		/* a driver has it, or it does nothing, or it is a bridge */
		CHECK(device || function->is_bridge ||
		      !(function->config[0x04] & 7));
		if (!device && !function->config[0x04])
			continue;
		CHECK(!device || device->region_count == 6);
		CHECK(!device || !(function->config[0x30] & 1));
		for (index = 0; index < 6; index++) {
			if (function->bar_size[index])
				check_bar(function, index, device ?
					  &device->region[index] : NULL);
			else if (device)
				CHECK(!device->region[index].size);
		}
	}
}
