/* SPDX-License-Identifier: BSD-3-Clause */
/* The PCI core on hardware that behaves. */

#include "model.h"

#include <ukd/errno.h>

#include <string.h>

/* Buses */

static void an_empty_host(void)
{
	model_reset();
	CHECK(model_scan() == 0);
	CHECK(read_count == 32);
	CHECK(found_count == 0 && fake_log_count == 0);
}

static void what_no_driver_lists_is_switched_off(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_set(device, 0, 2, 0x4321);
	model_bar(device, 0, 0x1000, 0);
	model_set(device, 0x04, 2, 7);
	CHECK(model_scan() == 0);
	CHECK(found_count == 0 && fake_log_count == 0);
	CHECK(!device->config[0x04] && !model_get(device, 0x10, 4));
}

static void functions_other_than_0_need_the_multi_function_bit(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_device(NULL, 0x0b, 2);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && !strcmp(found_name[0], "00:01.0"));

	model_reset();
	device = model_device(NULL, 0xf8, 1);
	model_set(device, 0x0e, 1, 0x80);
	model_device(NULL, 0xfb, 2);
	model_device(NULL, 0xff, 3);
	CHECK(model_scan() == 0);
	CHECK(found_count == 3 && !strcmp(found_name[1], "00:1f.3") &&
	      !strcmp(found_name[2], "00:1f.7"));
}

static void bridges_are_numbered_depth_first(void)
{
	struct function *one, *two, *three, *device;

	model_reset();
	one = model_bridge(NULL, 0x08);
	two = model_bridge(one, 0x10);
	three = model_bridge(NULL, 0x18);
	device = model_device(two, 0x20, 1);
	model_device(three, 0x28, 2);
	/* as firmware may have left them: both claim the same buses */
	model_set(one, 0x18, 4, 0x20050100);
	model_set(three, 0x18, 4, 0x20050100);
	/* VGA, and the expansion ROM */
	model_set(one, 0x3e, 2, 0x0008);
	one->writable[0x38] = 1;
	one->config[0x38] = 1;
	CHECK(model_scan() == 0);
	CHECK(model_get(one, 0x18, 4) == 0x00020100);
	CHECK(!model_get(one, 0x3e, 2) && !one->config[0x38]);
	CHECK(model_get(two, 0x18, 4) == 0x00020201);
	CHECK(model_get(three, 0x18, 4) == 0x00030300);
	CHECK(found_count == 2 && !strcmp(found_name[0], "02:04.0") &&
	      !strcmp(found_name[1], "03:05.0"));
	CHECK(model_found(device) == &found[0]);
}

static void numbers_begin_with_the_hosts_first_bus(void)
{
	struct function *bridge;

	model_reset();
	first_bus = 0x40;
	last_bus = 0x41;
	bridge = model_bridge(NULL, 0x08);
	model_device(bridge, 0x00, 1);
	model_device(NULL, 0x00, 2);
	CHECK(model_scan() == 0);
	CHECK(model_get(bridge, 0x18, 4) == 0x00414140);
	CHECK(found_count == 2 && !strcmp(found_name[0], "40:00.0") &&
	      !strcmp(found_name[1], "41:00.0"));
	CHECK(found[1].unit == UKD_PCI_FUNCTION(0x41, 0, 0));
}

static void a_link_has_one_device(void)
{
	static const unsigned int types[] = { 4, 6, 8, 5, 7 };
	unsigned int i;

	for (i = 0; i < 5; i++) {
		struct function *port;

		model_reset();
		port = model_bridge(NULL, 0x08);
		model_express(port, types[i]);
		model_device(port, 0x00, 1);
		model_device(port, 0x08, 2);
		CHECK(model_scan() == 0);
		CHECK(found_count == (i < 3 ? 1 : 2));
	}
}

/* Strings */

static bool is_found_as(unsigned int index, const char *strings, size_t size)
{
	return found_size[index] == size &&
	       !memcmp(found_strings[index], strings, size);
}

static void strings_are_those_of_the_binding(void)
{
	static const char plain[] =
		"pci1234,11e8.10\0" "pci1234,11e8\0" "pciclass,00ff00\0"
		"pciclass,00ff";
	static const char full[] =
		"pci1234,1.1af4.5.0\0" "pci1234,1.1af4.5\0" "pci1af4,5\0"
		"pci1234,1.0\0" "pci1234,1\0" "pciclass,070002\0"
		"pciclass,0700";
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 0x11e8);
	model_set(device, 0x2c, 4, 0xffff0000);	/* no vendor: none */
	device = model_device(NULL, 0x10, 1);
	model_set(device, 0x08, 4, 0x07000200);
	model_set(device, 0x2c, 4, 0x00051af4);
	CHECK(model_scan() == 0);
	CHECK(found_count == 2);
	CHECK(is_found_as(0, plain, sizeof(plain)));
	CHECK(is_found_as(1, full, sizeof(full)));
}

/* Addresses */

static uint64_t base(unsigned int index, unsigned int bar)
{
	return found[index].region[bar].base;
}

static void every_kind_of_bar_comes_where_it_belongs(void)
{
	struct function *device;

	model_reset();
	ranges[0].base = 0x70000000;
	ranges[1].base = 0x210000000;
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x20, BAR_IO);
	model_bar(device, 1, 0x1000, 0);
	model_bar(device, 2, 0x4000, BAR_64 | BAR_PREF);
	model_bar(device, 4, 0x10000, BAR_PREF);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && fake_log_count == 0);
	CHECK(base(0, 0) == 0x70000020);	/* not 0 */
	CHECK(base(0, 1) == 0x210000000);
	CHECK(base(0, 2) == 0x8000000000);
	CHECK(base(0, 4) == 0x210010000);
	CHECK(!found[0].region[3].size && !found[0].region[5].size);
	CHECK(model_get(device, 0x14, 4) == 0x10000000);
}

static void memory_fills_what_alignment_left(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x1000, 0);
	model_bar(device, 1, 0x10000000, 0);
	model_bar(device, 2, 0x10000, 0);
	model_bar(device, 3, 0x8000000, 0);
	model_bar(device, 4, 0x1000, 0);
	CHECK(model_scan() == 0);
	CHECK(base(0, 0) == 0x10000000 && base(0, 1) == 0x20000000);
	CHECK(base(0, 2) == 0x10010000 && base(0, 3) == 0x18000000);
	CHECK(base(0, 4) == 0x10020000);
}

/* What alignment leaves on one bus is none of another's. */
static void each_bus_has_its_own_holes(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x1000, 0);
	model_bar(device, 1, 0x1000000, 0);
	device = model_device(model_bridge(NULL, 0x10), 0x00, 2);
	model_bar(device, 0, 0x1000, 0);
	model_bar(device, 1, 0x100000, 0);
	model_bar(device, 2, 0x2000, 0);
	CHECK(model_scan() == 0);
	CHECK(base(1, 0) == 0x12000000 && base(1, 1) == 0x12100000);
	CHECK(base(1, 2) == 0x12002000);
}

static void memory_beyond_the_32_bit_window(void)
{
	struct function *device, *bridge;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 1ULL << 36, BAR_64 | BAR_PREF);
	model_bar(device, 2, 1ULL << 33, BAR_64);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && fake_log_count == 0);
	CHECK(base(0, 2) == 0x9000000000);

	/* behind a bridge, only what may be read ahead */
	model_reset();
	bridge = model_bridge(NULL, 0x08);
	device = model_device(bridge, 0x08, 1);
	model_bar(device, 0, 1ULL << 33, BAR_64);
	device = model_device(bridge, 0x10, 2);
	model_bar(device, 0, 1ULL << 33, BAR_64 | BAR_PREF);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && fake_log_count == 1);
	CHECK(fake_logged("err: /pcie@10000000: 01:01.0: BAR 0 of 0x200000000 bytes: no room in the host's ranges\n"));

	/* nor where the host reads ahead */
	model_reset();
	ranges[2].space |= 1U << 30;
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 1ULL << 33, BAR_64);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 1);
}

static void a_prefetchable_window_below_4_gib_takes_32_bits(void)
{
	struct function *device, *bridge;

	model_reset();
	ranges[2] = (struct ukd_range){ 0x42000000, 0x40000000, 0x40000000,
					0x10000000 };
	bridge = model_bridge(NULL, 0x08);
	model_set(bridge, 0x24, 4, 0);	/* 32 bit wide */
	memset(bridge->writable + 0x28, 0, 8);
	device = model_device(bridge, 0x08, 1);
	model_bar(device, 0, 0x1000, BAR_PREF);
	model_bar(device, 1, 0x1000, BAR_PREF | BAR_64);
	model_bar(device, 3, 0x1000, 0);
	CHECK(model_scan() == 0);
	CHECK(base(0, 0) == 0x40000000 && base(0, 1) == 0x40001000);
	CHECK(base(0, 3) == 0x10000000);
}

static void windows_of_bridges_are_as_large_as_needed(void)
{
	struct function *one, *two, *device;

	model_reset();
	one = model_bridge(NULL, 0x08);
	two = model_bridge(one, 0x00);
	model_bar(two, 0, 0x1000, 0);
	device = model_device(two, 0x00, 1);
	model_bar(device, 0, 0x100000, 0);
	model_bar(device, 1, 0x1000000, BAR_64 | BAR_PREF);
	device = model_device(NULL, 0x10, 2);
	model_bar(device, 0, 0x1000, 0);
	CHECK(model_scan() == 0 && fake_log_count == 0);
	CHECK(base(0, 0) == 0x10000000);
	/* one: its bus has two's BAR, then what is behind two */
	CHECK(model_get(one, 0x20, 4) == 0x10201010);
	CHECK(model_get(two, 0x20, 4) == 0x10201020);
	CHECK(model_get(one, 0x28, 4) == 0x80);
	CHECK(model_get(one, 0x2c, 4) == 0x80);
	CHECK(model_get(one, 0x24, 4) == 0x00f10001);
	/* no I/O: closed */
	CHECK(model_get(one, 0x1c, 2) == 0x01f1);
}

static void narrow_bridges(void)
{
	struct function *bridge, *device;

	model_reset();
	ranges[0].size = 0x1000000;
	bridge = model_bridge(NULL, 0x08);
	model_set(bridge, 0x1c, 2, 0);
	memset(bridge->writable + 0x30, 0, 4);
	memset(bridge->writable + 0x24, 0, 12);
	model_set(bridge, 0x24, 4, 0);	/* no prefetchable window */
	device = model_device(bridge, 0x08, 1);
	model_bar(device, 0, 0x100, BAR_IO);
	model_bar(device, 1, 0x100000, BAR_64 | BAR_PREF);
	CHECK(model_scan() == 0 && fake_log_count == 0);
	CHECK(base(0, 0) == 0x3eff1000 && base(0, 1) == 0x10000000);

	/* no I/O window */
	model_reset();
	bridge = model_bridge(NULL, 0x08);
	model_set(bridge, 0x1c, 2, 0);
	memset(bridge->writable + 0x1c, 0, 2);
	device = model_device(bridge, 0x08, 1);
	model_bar(device, 0, 0x100, BAR_IO);
	model_bar(device, 1, 0x1000, 0);
	CHECK(model_scan() == 0 && fake_log_count == 0);
	CHECK(found_count == 1 && !found[0].region[0].size);
	CHECK(base(0, 1) == 0x10000000 && device->config[0x04] == 2);
}

static void a_host_without_a_window_for_io(void)
{
	struct function *device;

	model_reset();
	ranges[0] = ranges[--range_count];
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x20, BAR_IO);
	model_set(device, 0x10, 4, 0x3001);
	model_bar(device, 1, 0x1000, 0);
	device = model_device(NULL, 0x10, 2);
	model_bar(device, 5, 0x20, BAR_IO);
	CHECK(model_scan() == 0 && found_count == 2 && fake_log_count == 0);
	CHECK(!found[0].region[0].size && found[0].region[1].size == 0x1000);
	CHECK(!found[1].region[5].size && !device->config[0x04]);
}

static void a_host_without_ranges_keeps_addresses(void)
{
	struct function *bridge, *device;

	model_reset();
	range_count = 0;
	bridge = model_bridge(NULL, 0x08);
	model_set(bridge, 0x18, 4, 0x00010100);
	model_set(bridge, 0x20, 4, 0x50005000);
	device = model_device(bridge, 0x00, 1);
	model_bar(device, 0, 0x1000, 0);
	model_set(device, 0x10, 4, 0x50001000);
	model_bar(device, 1, 0x1000, BAR_64 | BAR_PREF);
	model_set(device, 0x14, 4, 0x0000200c);
	model_set(device, 0x18, 4, 0x12);
	model_bar(device, 3, 0x20, BAR_IO);	/* ports are no addresses */
	model_set(device, 0x1c, 4, 0x2001);
	device = model_device(NULL, 0x10, 2);
	model_bar(device, 0, 0x1000, 0);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && fake_log_count == 1);
	CHECK(base(0, 0) == 0x50001000 && base(0, 1) == 0x1200002000);
	CHECK(model_get(bridge, 0x20, 4) == 0x50005000);
	CHECK(fake_logged("00:02.0: BAR 0 of 0x1000 bytes: it has no address, and the host no ranges\n"));
}

/* Drivers of the host's own */

static void the_host_takes_what_no_driver_lists(void)
{
	struct function *listed, *wanted;

	model_reset();
	host_vendor = 0x1af4;
	listed = model_device(NULL, 0x08, 1);
	wanted = model_device(NULL, 0x10, 0x1000);
	model_set(wanted, 0x00, 2, host_vendor);
	model_set(wanted, 0x3d, 1, 1);
	model_bar(wanted, 0, 0x20, BAR_IO);
	model_set(model_device(NULL, 0x18, 1), 0x00, 2, 0x8086);
	CHECK(model_scan() == 0 && found_count == 2 && fake_log_count == 0);
	CHECK(asked_count == 3 && model_found(listed));
	CHECK(found[1].unit == 0x10 && found[1].irq_count == 1);
	CHECK(found[1].region[0].base == 0x3eff0020);

	/* it fails: switched off */
	model_reset();
	host_vendor = 0x1af4;
	add_rc = -ENOMEM;
	wanted = model_device(NULL, 0x10, 0x1000);
	model_set(wanted, 0x00, 2, host_vendor);
	model_bar(wanted, 1, 0x1000, 0);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 1);
	CHECK(fake_logged("00:02.0: left (error -12)\n"));
	CHECK(!wanted->config[0x04]);
}

/* Interrupts */

static void interrupts_turn_on_the_way_to_the_host(void)
{
	struct function *one, *two, *device;

	model_reset();
	device = model_device(NULL, 0x18, 1);
	model_set(device, 0x3d, 1, 2);
	CHECK(model_scan() == 0);
	CHECK(irq_unit == 0x1800 && irq_pin == 2);
	CHECK(found[0].irq_count == 1 && found[0].irq[0].number == 102);

	model_reset();
	first_bus = 4;
	one = model_bridge(NULL, 0x28);
	two = model_bridge(one, 0x10);
	device = model_device(two, 0x18, 1);
	model_set(device, 0x3d, 1, 4);
	CHECK(model_scan() == 0);
	/* D at device 3 is C at device 2, which is A at device 5 */
	CHECK(irq_unit == 0x00042800 && irq_pin == (3 + 3 + 2) % 4 + 1);
}

static void no_interrupt(void)
{
	struct function *device;

	model_reset();
	irq_pin = 0;
	device = model_device(NULL, 0x18, 1);
	CHECK(model_scan() == 0);
	CHECK(!irq_pin && found_count == 1 && !found[0].irq_count);
	CHECK(fake_log_count == 0);

	model_reset();
	irq_rc = -ENODEV;
	device = model_device(NULL, 0x18, 1);
	model_set(device, 0x3d, 1, 1);
	device = model_device(NULL, 0x20, 1);
	model_set(device, 0x3d, 1, 5);
	CHECK(model_scan() == 0);
	CHECK(found_count == 2 && !found[0].irq_count && !found[1].irq_count);
	CHECK(fake_logged("00:03.0: interrupt-map: no interrupt for 00:03.0 pin 1 (error -19)"));
	CHECK(fake_logged("00:04.0: interrupt pin is 5, wanted 1 to 4"));
}

/* For device drivers */

static void drivers_reach_their_function_only(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x18, 1);
	model_device(NULL, 0x20, 2);
	CHECK(model_scan() == 0 && found_count == 2);
	CHECK(ukd_pci_read32(&found[0], 0) == 0x00011234);
	CHECK(ukd_pci_read16(&found[1], 2) == 2);
	ukd_pci_write8(&found[0], 0x3c, 0x5a);
	CHECK(device->config[0x3c] == 0x5a);
	CHECK(ukd_pci_read8(&found[0], 0x3c) == 0x5a);
	ukd_pci_set_master(&found[0], true);
	CHECK(device->config[0x04] == 4);
	ukd_pci_set_master(&found[0], false);
	CHECK(device->config[0x04] == 0);
}

static void capabilities_are_found_in_turn(void)
{
	struct function *device;
	unsigned int at;

	model_reset();
	device = model_device(NULL, 0x18, 1);
	model_set(device, 0x34, 1, 0x43);	/* low bits: reserved */
	model_set(device, 0x40, 2, 0x5009);
	model_set(device, 0x50, 2, 0x6005);
	model_set(device, 0x60, 2, 0x0009);
	CHECK(model_scan() == 0 && found_count == 1);
	CHECK(ukd_pci_capability(&found[0], 9, 0) == 0);
	model_set(device, 0x06, 2, 0x10);
	CHECK(ukd_pci_capability(&found[0], 9, 0) == 0x40);
	CHECK(ukd_pci_capability(&found[0], 9, 0x40) == 0x60);
	CHECK(ukd_pci_capability(&found[0], 9, 0x60) == 0);
	CHECK(ukd_pci_capability(&found[0], 5, 0) == 0x50);
	CHECK(ukd_pci_capability(&found[0], 7, 0) == 0);

	/* a circle ends, for the caller's loop as well */
	model_set(device, 0x61, 1, 0x40);
	at = ukd_pci_capability(&found[0], 9, 0);
	at = ukd_pci_capability(&found[0], 9, at);
	CHECK(at == 0x60 && !ukd_pci_capability(&found[0], 9, at));
	CHECK(ukd_pci_capability(&found[0], 7, 0) == 0);
	model_set(device, 0x34, 1, 0x08);	/* into the header */
	CHECK(ukd_pci_capability(&found[0], 0x10, 0) == 0);
	device->is_gone = true;
	CHECK(ukd_pci_capability(&found[0], 9, 0) == 0);
	CHECK(ukd_pci_capability(&found[0], 0xff, 0) == 0xfc);
}

int main(void)
{
	an_empty_host();
	what_no_driver_lists_is_switched_off();
	functions_other_than_0_need_the_multi_function_bit();
	bridges_are_numbered_depth_first();
	numbers_begin_with_the_hosts_first_bus();
	a_link_has_one_device();
	strings_are_those_of_the_binding();
	every_kind_of_bar_comes_where_it_belongs();
	memory_fills_what_alignment_left();
	each_bus_has_its_own_holes();
	memory_beyond_the_32_bit_window();
	a_prefetchable_window_below_4_gib_takes_32_bits();
	windows_of_bridges_are_as_large_as_needed();
	narrow_bridges();
	a_host_without_ranges_keeps_addresses();
	a_host_without_a_window_for_io();
	the_host_takes_what_no_driver_lists();
	interrupts_turn_on_the_way_to_the_host();
	no_interrupt();
	drivers_reach_their_function_only();
	capabilities_are_found_in_turn();
	return fake_report();
}
