/* SPDX-License-Identifier: BSD-3-Clause */
/* The PCI core on hardware and trees that are wrong: said, left, and on. */

#include "model.h"

#include <ukd/errno.h>

#include <stdio.h>
#include <string.h>

/* A device with a driver that has nothing wrong with it. */
static struct function *sound(unsigned int slot)
{
	struct function *device = model_device(NULL, slot, 0x50);

	model_bar(device, 0, 0x1000, 0);
	return device;
}

/* Scan; only the sound device is handed on, and this is said, once. */
static void expect(const char *said)
{
	char line[200];

	CHECK(model_scan() == 0);
	snprintf(line, sizeof(line), "err: /pcie@10000000: %s\n", said);
	CHECK(found_count == 1 && fake_logged(line) && fake_log_count == 1);
	if (found_count != 1 || !fake_logged(line) || fake_log_count != 1)
		fprintf(stderr, "wanted: %shave: %s", line, fake_log());
}

/* BARs */

static void bars_whose_size_makes_no_sense(void)
{
	static const struct {
		unsigned int index;
		uint32_t value, writable;
		const char *size;
	} bars[] = {
		{ 0, 0x0, 0xfff0f000, "0x1000" },	/* a gap in the bits */
		{ 1, 0x0, 0x0000fff0, "0x10" },		/* none above them */
		{ 2, 0x2, 0xfffff000, "0" },	/* below 1 MiB */
		{ 3, 0x6, 0xfffff000, "0" },	/* no type */
		{ 4, 0x8, 0x00000000, "0" },	/* no bits at all */
		{ 5, 0x4, 0xfffff000, "0" },	/* no upper half */
		{ 0, 0x4, 0xfffff000, "0x1000" },	/* nothing in it */
		{ 1, 0x1, 0x00000000, "0" },
		{ 2, 0x3, 0xfffffffc, "0" },
		{ 3, 0x1, 0x00f0ff00, "0x100" },
		{ 4, 0x12340000, 0x00000000, "0x40000" },	/* fixed */
	};
	unsigned int i;

	for (i = 0; i < sizeof(bars) / sizeof(*bars); i++) {
		unsigned int offset = 0x10 + 4 * bars[i].index;
		struct function *device;
		char said[100];

		model_reset();
		device = model_device(NULL, 0x08, 1);
		model_set(device, offset, 4, bars[i].value);
		memcpy(device->writable + offset, &bars[i].writable, 4);
		sound(0x10);
		snprintf(said, sizeof(said),
			 "00:01.0: BAR %u of %s bytes: its size makes no sense",
			 bars[i].index, bars[i].size);
		expect(said);
		CHECK(!device->config[0x04]);
	}
}

static void bars_that_do_not_fit(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 2, 0x40000000, 0);
	sound(0x10);
	expect("00:01.0: BAR 2 of 0x40000000 bytes: no room in the host's ranges");

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x10, 0);
	model_bar(device, 4, 1ULL << 63, BAR_64 | BAR_PREF);
	sound(0x10);
	expect("00:01.0: BAR 4 of 0x8000000000000000 bytes: no room in the host's ranges");

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x20000, BAR_IO);
	sound(0x10);
	expect("00:01.0: BAR 0 of 0x20000 bytes: no room in the host's ranges");
}

static void windows_run_out(void)
{
	unsigned int i;

	model_reset();
	ranges[1].size = 0x300000;
	for (i = 0; i < 8; i++)
		model_bar(model_device(NULL, i * 8, 1), 0, 0x100000, 0);
	CHECK(model_scan() == 0);
	CHECK(found_count == 3 && fake_log_count == 5);
	CHECK(fake_logged("00:03.0: BAR 0 of 0x100000 bytes: no room"));

	/* the last window that a bridge opens mustn't reach past the host's */
	model_reset();
	ranges[1].size = 0x2f8000;
	for (i = 0; i < 3; i++)
		model_bar(model_device(model_bridge(NULL, i * 8), 0, 1), 0,
			  0x8000, 0);
	CHECK(model_scan() == 0);
	CHECK(found_count == 2 && fake_log_count == 1);
	CHECK(fake_logged("03:00.0: BAR 0 of 0x8000 bytes: no room"));
}

static void a_16_bit_decoder_is_none_of_these(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_bar(device, 0, 0x100, BAR_IO);
	memset(device->writable + 0x12, 0, 2);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && found[0].region[0].size == 0x100);
}

static void a_bar_that_cannot_be_mapped(void)
{
	struct function *device;

	model_reset();
	map_rc = -ERANGE;
	device = sound(0x08);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 1);
	CHECK(fake_logged("00:01.0: BAR 0 of 0x1000 bytes: it can't be mapped\n"));
	CHECK(!device->config[0x04]);
}

static void a_bridge_whose_bar_does_not_fit(void)
{
	struct function *bridge;

	model_reset();
	bridge = model_bridge(NULL, 0x08);
	model_bar(bridge, 0, 0x40000000, 0);
	model_device(bridge, 0x00, 1);
	sound(0x10);
	expect("00:01.0: BAR 0 of 0x40000000 bytes: no room in the host's ranges");
	CHECK(!bridge->config[0x04] && !model_get(bridge, 0x18, 4));
}

/* Devices that aren't what they say */

static unsigned int accesses_left;

static void go_later(struct function *function, unsigned int offset)
{
	(void)offset;
	if (function == functions && !accesses_left--)
		function->is_gone = true;
}

/* From each access on, all ones: never a fault, and the rest is found. */
static void a_device_that_goes_away(void)
{
	unsigned int is_bridge, after;

	for (is_bridge = 0; is_bridge < 2; is_bridge++) {
		for (after = 0; after < 60; after++) {
			struct function *one;

			model_reset();
			one = is_bridge ? model_bridge(NULL, 0x08) :
			      model_device(NULL, 0x08, 1);
			model_bar(one, 0, 0x1000, 0);
			if (!is_bridge)
				model_bar(one, 2, 0x1000, BAR_64 | BAR_PREF);
			model_set(one, 0x3d, 1, 1);
			sound(0x10);
			accesses_left = after;
			on_access = go_later;
			CHECK(model_scan() == 0);
			CHECK(found_count && found[found_count - 1].unit ==
			      UKD_PCI_FUNCTION(0, 2, 0));
		}
	}
}

static void headers_of_other_types(void)
{
	struct function *device;

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_set(device, 0x0e, 1, 2);
	model_set(device, 0x04, 2, 0x3);
	sound(0x10);
	expect("00:01.0: header type is 0x2, wanted 0 or 1");

	model_reset();
	device = model_device(NULL, 0x08, 1);
	model_set(device, 0x0e, 1, 0xff);
	model_device(NULL, 0x09, 1);
	sound(0x10);
	expect("00:01.0: header type is 0x7f, wanted 0 or 1");
}

static void vendors_that_are_none(void)
{
	model_reset();
	model_device(NULL, 0x08, 1);
	model_set(functions, 0, 4, 0);
	model_set(functions, 0x0e, 1, 5);	/* not to be reported */
	model_set(model_device(NULL, 0x10, 1), 0, 4, 0x0000ffff);
	model_set(model_device(NULL, 0x18, 1), 0, 4, 0xffff0000);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 0);
}

static void the_kit_has_no_room(void)
{
	struct function *device;

	model_reset();
	add_rc = -ENOMEM;
	device = sound(0x08);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 1);
	CHECK(fake_logged("00:01.0: left (error -12)"));
	CHECK(!device->config[0x04]);
}

/* Buses without end */

static void bus_numbers_run_out(void)
{
	struct function *bridge;
	unsigned int i;

	model_reset();
	last_bus = 2;
	for (i = 0; i < 5; i++)
		model_device(model_bridge(NULL, 0x08 * i), 0x00, 1);
	bridge = model_bridge(functions, 0x08);
	CHECK(model_scan() == 0);
	CHECK(found_count == 1 && fake_log_count == 1);
	CHECK(fake_logged("00:01.0: bridge left, with all behind it: no bus number is left\n"));
	CHECK(model_get(bridge, 0x18, 4) == 0x00020201);
	CHECK(functions[0].config[0x1a] == 2 && !functions[2].config[0x1a]);
}

static void bridges_nested_too_deep(void)
{
	struct function *bridge = NULL;
	unsigned int i;

	model_reset();
	for (i = 0; i < 40; i++)
		bridge = model_bridge(bridge, 0x08);
	CHECK(model_scan() == 0 && fake_log_count == 1);
	CHECK(functions[0].config[0x1a] == 16);
	CHECK(fake_logged("10:01.0: bridge left, with all behind it: it is nested too deep\n"));
}

/* Ranges */

static void ranges_that_make_no_sense(void)
{
	model_reset();
	sound(0x08);
	range_rc[1] = -EINVAL;
	CHECK(model_scan() == -EINVAL && found_count == 0 && !read_count);

	model_reset();
	ranges[1].size = 0xf0000001;
	CHECK(model_scan() == -EINVAL && !read_count);
	CHECK(fake_logged("err: /pcie@10000000: ranges: entry 1 is 0x10000000+0xf0000001, wanted no end past 0x100000000\n"));

	model_reset();
	ranges[0].child = 0x100000000;
	CHECK(model_scan() == -EINVAL && fake_log_count == 1);

	model_reset();
	ranges[2].child = 0xffffffff00000000;
	CHECK(model_scan() == -EINVAL && fake_log_count == 1);
}

static void ranges_of_other_kinds(void)
{
	struct function *device;

	/* configuration space, and one that can't be reached */
	model_reset();
	ranges[range_count++] = (struct ukd_range){ 0, 0, 0x1000, 0x100000 };
	range_rc[2] = -ERANGE;
	device = sound(0x08);
	CHECK(model_scan() == 0 && found_count == 1 && fake_log_count == 1);
	CHECK(fake_logged("warn: /pcie@10000000: ranges: entry 2 can't be reached\n"));
	CHECK(model_get(device, 0x10, 4) == 0x10000000);

	/* the larger one counts, and 0 isn't an address */
	model_reset();
	ranges[range_count++] = (struct ukd_range){ 0x03000000, 0, 0x50000000,
						    0x40000000 };
	device = sound(0x08);
	CHECK(model_scan() == 0 && found[0].region[0].base == 0x50001000);
	CHECK(model_get(device, 0x10, 4) == 0x1000);

	/* none of use */
	model_reset();
	range_count = 1;
	sound(0x08);
	CHECK(model_scan() == 0 && found_count == 0 && fake_log_count == 1);
}

static void more_hosts_than_there_is_room_for(void)
{
	unsigned int i;

	model_reset();
	for (i = 0; i < 4; i++)
		CHECK(model_scan() == 0);
	CHECK(model_scan() == -ENOMEM);
	CHECK(fake_logged("left out, the image has 4 PCI hosts already\n"));
}

int main(void)
{
	bars_whose_size_makes_no_sense();
	bars_that_do_not_fit();
	windows_run_out();
	a_16_bit_decoder_is_none_of_these();
	a_bar_that_cannot_be_mapped();
	a_bridge_whose_bar_does_not_fit();
	a_device_that_goes_away();
	headers_of_other_types();
	vendors_that_are_none();
	the_kit_has_no_room();
	bus_numbers_run_out();
	bridges_nested_too_deep();
	ranges_that_make_no_sense();
	ranges_of_other_kinds();
	more_hosts_than_there_is_room_for();
	return fake_report();
}
