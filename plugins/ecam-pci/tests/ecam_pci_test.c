/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_ecam_pci/c/ecam_pci.c"

#include <fake.h>

#include <string.h>

#define ECAM	0x3f000000UL

static const struct ukd_device dev = {
	.path = "/pcie@10000000",
	.region = { { ECAM, 0x1000000 } },
	.region_count = 1,
	.node = "",
};

/* What was handed to the PCI core */

static const struct ukd_pci_ops *ops;
static void *ops_self;
static unsigned int first_bus, last_bus;
static int add_rc;

int ukd_pci_host_add(const struct ukd_device *host,
		     const struct ukd_pci_ops *host_ops, void *self,
		     uint8_t first, uint8_t last)
{
	CHECK(host->region[0].base == ECAM);
	ops = host_ops;
	ops_self = self;
	first_bus = first;
	last_bus = last;
	return add_rc;
}

static void start(void)
{
	fake_reset();
	fake_map(ECAM, 0x1000000);
	memset(ecam_pci_hosts, 0, sizeof(ecam_pci_hosts));
	ops = NULL;
	add_rc = 0;
}

/* Probe with a bus-range of so many cells, and a window of so many bytes. */
static int probe(unsigned int cells, uint32_t first, uint32_t last, size_t size)
{
	uint32_t cell[3] = { ukd_be32(first), ukd_be32(last), 0 };
	struct ukd_device one = dev;

	start();
	one.region[0].size = size;
	if (cells)
		fake_property("bus-range", cell, cells * sizeof(*cell));
	return ukd_driver_ecam_pci.probe(&one, NULL);
}

static uint32_t get(uint32_t function, unsigned int offset, unsigned int bytes)
{
	return ops->read(ops_self, function, offset, bytes);
}

/* Probe */

static void every_bus_without_a_range(void)
{
	CHECK(probe(0, 0, 0, 0x10000000) == 0);
	CHECK(first_bus == 0 && last_bus == 255 && fake_log_count == 0);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
}

static void a_range_that_fills_the_window(void)
{
	CHECK(probe(2, 0, 15, 0x1000000) == 0);
	CHECK(first_bus == 0 && last_bus == 15 && fake_log_count == 0);
	CHECK(probe(2, 0xf0, 0xff, 0x1000000) == 0);
	CHECK(first_bus == 0xf0 && last_bus == 0xff && fake_log_count == 0);
	CHECK(probe(2, 7, 7, 0x100000) == 0);
	CHECK(first_bus == 7 && last_bus == 7 && fake_log_count == 0);
}

static void a_window_smaller_than_its_range(void)
{
	CHECK(probe(2, 0x10, 0xff, 0x2ffffe) == 0);
	CHECK(first_bus == 0x10 && last_bus == 0x11);
	CHECK(fake_log_count == 1);
	CHECK(fake_logged("warn: /pcie@10000000: reg: the window ends with bus 17, bus-range with 255\n"));
	CHECK(get(UKD_PCI_FUNCTION(0x12, 0, 0), 0, 4) == UINT32_MAX);
	CHECK(fake_read_count == 0);
}

static void windows_and_ranges_that_are_none(void)
{
	struct ukd_device none = dev;

	CHECK(probe(2, 0, 15, 0xfffff) == -EINVAL);
	CHECK(fake_logged("reg: want a window of at least 0x100000 bytes"));
	start();
	none.region_count = 0;
	CHECK(ukd_driver_ecam_pci.probe(&none, NULL) == -EINVAL);

	CHECK(probe(2, 1, 0, 0x1000000) == -EINVAL);
	CHECK(fake_logged("bus-range: want two numbers up to 255, the lower one first"));
	CHECK(probe(2, 0, 256, 0x1000000) == -EINVAL);
	CHECK(probe(2, 0xffffff00, 0xffffffff, 0x1000000) == -EINVAL);
	CHECK(probe(1, 0, 0, 0x1000000) == -EINVAL);
	CHECK(probe(3, 0, 15, 0x1000000) == -EINVAL);
	CHECK(!ops);
}

static void several_hosts(void)
{
	unsigned int i;

	start();
	for (i = 0; i < ECAM_HOSTS_MAX; i++)
		CHECK(ukd_driver_ecam_pci.probe(&dev, NULL) == 0);
	CHECK(ops_self == &ecam_pci_hosts[3]);
	CHECK(ukd_driver_ecam_pci.probe(&dev, NULL) == -ENOMEM);
	CHECK(fake_logged("left out, the image has 4 hosts already"));

	start();
	add_rc = -EINVAL;
	CHECK(ukd_driver_ecam_pci.probe(&dev, NULL) == -EINVAL);
	CHECK(!ecam_pci_hosts[0].base);
}

/* Configuration space */

static void functions_are_where_they_should_be(void)
{
	/* bus 0x11 is the second of the window */
	const uintptr_t at = ECAM + 0x100000 + (31 << 15) + (7 << 12);

	CHECK(probe(2, 0x10, 0x1f, 0x1000000) == 0);
	fake_poke(at, 0x11e81234);
	fake_poke(at + 0xffc, 0xa1b2c3d4);
	CHECK(get(UKD_PCI_FUNCTION(0x11, 31, 7), 0, 4) == 0x11e81234);
	CHECK(get(UKD_PCI_FUNCTION(0x11, 31, 7), 2, 2) == 0x11e8);
	CHECK(get(UKD_PCI_FUNCTION(0x11, 31, 7), 0xfff, 1) == 0xa1);
	CHECK(get(UKD_PCI_FUNCTION(0x10, 0, 0), 0, 4) == 0);
	CHECK(get(UKD_PCI_FUNCTION(0x1f, 31, 7), 0xffc, 4) == 0);
}

static void a_write_is_one_store_of_its_size(void)
{
	const uintptr_t at = ECAM + (3 << 15);
	unsigned int bytes;

	for (bytes = 1; bytes <= 4; bytes *= 2) {
		CHECK(probe(2, 8, 9, 0x200000) == 0);
		fake_poke(at + 0x10, 0xffffffff);
		ops->write(ops_self, UKD_PCI_FUNCTION(8, 3, 0), 0x10, bytes, 0);
		CHECK(fake_write_count == 1 && fake_read_count == 0);
		CHECK(fake_writes[0].address == at + 0x10);
		CHECK(fake_writes[0].bytes == bytes);
		CHECK((uint64_t)fake_peek(at + 0x10) ==
		      (0xffffffff & ~((1ULL << 8 * bytes) - 1)));
	}
}

/* The window is larger than what is used of it, so a slip would show. */
static void what_is_not_there_is_not_touched(void)
{
	static const struct {
		uint32_t function;
		unsigned int offset, bytes;
	} bad[] = {
		{ UKD_PCI_FUNCTION(8, 0, 0), 0x1000, 1 },
		{ UKD_PCI_FUNCTION(8, 0, 0), 0xffffffff, 1 },
		{ UKD_PCI_FUNCTION(8, 0, 0), 0xfffffffc, 4 },
		{ UKD_PCI_FUNCTION(8, 0, 0), 0x2, 4 },
		{ UKD_PCI_FUNCTION(8, 0, 0), 0xfff, 2 },
		{ UKD_PCI_FUNCTION(7, 31, 7), 0, 4 },
		{ UKD_PCI_FUNCTION(0, 0, 0), 0, 4 },
		{ UKD_PCI_FUNCTION(10, 0, 0), 0, 4 },
		{ UKD_PCI_FUNCTION(256, 0, 0), 0, 4 },
		{ UINT32_MAX, 0, 4 },
	};
	unsigned int i;

	CHECK(probe(2, 8, 9, 0x1000000) == 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK(get(bad[i].function, bad[i].offset, bad[i].bytes) ==
		      UINT32_MAX);
		ops->write(ops_self, bad[i].function, bad[i].offset,
			   bad[i].bytes, 0);
	}
	CHECK(fake_read_count == 0 && fake_write_count == 0);
}

int main(void)
{
	every_bus_without_a_range();
	a_range_that_fills_the_window();
	a_window_smaller_than_its_range();
	windows_and_ranges_that_are_none();
	several_hosts();
	functions_are_where_they_should_be();
	a_write_is_one_store_of_its_size();
	what_is_not_there_is_not_touched();
	return fake_report();
}
