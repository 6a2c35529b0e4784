/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtio_pci_fake.h"

/* Which device it is */

static void a_modern_device(void)
{
	start();
	CHECK(added_id == 1);
	CHECK(fake_handler == virtio_pci_irq && fake_handler_arg == ops_self);

	reset(0x105a, 0x1100);
	put_all();
	CHECK(probe() == 0 && added_id == 26);
}

static void a_transitional_device_by_its_subsystem(void)
{
	reset(0x1001, 2);
	put_all();
	CHECK(probe() == 0 && added_id == 2 && fake_log_count == 0);

	reset(0x1000, 0);
	put_all();
	CHECK(probe() == -EINVAL && !added && !fake_held());
	CHECK(fake_logged("err: /pcie@10000000/00:03.0: subsystem id: is 0, want the number of a virtio device\n"));
}

static void a_legacy_device_is_said(void)
{
	reset(0x1000, 1);
	CHECK(probe() == -EINVAL && !added && !fake_held());
	CHECK(fake_log_count == 1);
	CHECK(fake_logged("virtio device 1: legacy only, want one with the capabilities of VIRTIO version 1.0 or later\n"));

	reset(0x1001, 2);
	put_cap(0x40, PCI_CAPABILITY_MSIX);
	CHECK(probe() == -EINVAL && fake_logged("legacy only"));

	reset(0x1001, 2);
	put_all();
	set16(PCI_STATUS, 0);	/* no list */
	CHECK(probe() == -EINVAL && fake_logged("legacy only"));
}

static void nobody_wants_it(void)
{
	reset(0x1044, 0x1100);
	put_all();
	add_rc = -ENODEV;
	CHECK(probe() == -ENODEV && fake_log_count == 0 && !fake_held());
	CHECK(!fake_handler && fake_read_count == 0 && fake_write_count == 0);
	CHECK(!(config[PCI_COMMAND] & PCI_COMMAND_MASTER));
}

static void usual(void)
{
	reset(0x1041, 0x1100);
	put_all();
}

/* The kit keeps what it was given: a device is there with all it has, or not. */
static void what_the_image_lacks(void)
{
	usual();
	fake_fail_allocation(1);
	CHECK(probe() == -ENOMEM && !added && fake_log_count == 1);
	CHECK(fake_logged("virtio device 1: no memory for its state\n"));

	usual();
	dev.irq_count = 0;
	CHECK(probe() == -ERANGE && fake_log_count == 1);
	CHECK(fake_logged("virtio device 1: no interrupt, want that of its pin"));
	CHECK(!added && !fake_held());

	CHECK(fake_fail_every_allocation(usual, probe) == 2);
	CHECK(added == 1);
	usual();
	add_rc = -ENOMEM;
	CHECK(probe() == -ENOMEM && !fake_held());
}

static void interrupts_of_the_pin(void)
{
	reset(0x1041, 0x1100);
	put_all();
	put_cap(0x90, PCI_CAPABILITY_MSIX);
	set16(0x92, 0xc003);
	CHECK(probe() == 0 && config_writes == 1);
	CHECK(config[0x92] == 0x03 && config[0x93] == 0x40);

	reset(0x1041, 0x1100);
	put_all();
	put_cap(0x90, PCI_CAPABILITY_MSIX);
	set16(0x92, 0x4003);
	CHECK(probe() == 0 && config_writes == 0);
}

/* Capabilities */

static const struct virtio_pci *found(void)
{
	return ops_self;
}

static void structures_in_any_bar(void)
{
	reset(0x1041, 0x1100);
	put(0x40, VIRTIO_PCI_NOTIFY, 1, 0xfe, 2);
	set32(0x50, 0);
	put(0x54, VIRTIO_PCI_ISR, 5, 0xfff, 1);
	put(0x64, VIRTIO_PCI_COMMON, 0, 8, 0x38);
	put(0x74, VIRTIO_PCI_DEVICE, 4, 0x3ffc, 4);
	CHECK(probe() == 0 && fake_log_count == 0);
	CHECK(found()->common == BAR0 + 8 && found()->isr == BAR5 + 0xfff);
	CHECK(found()->notify.base == BAR1 + 0xfe && found()->notify.size == 2);
	CHECK(found()->config.base == BAR4 + 0x3ffc);
	CHECK(found()->config.size == 4 && found()->multiplier == 0);
}

/* Each is the only one of its type, and then there is a usable one, too. */
static const struct {
	uint8_t type, bar;
	uint32_t offset, length;
} unusable[] = {
	{ VIRTIO_PCI_COMMON, 4, 0, 0x37 },		/* too short */
	{ VIRTIO_PCI_COMMON, 4, 2, 0x38 },		/* unaligned */
	{ VIRTIO_PCI_COMMON, 4, 0x3fcc, 0x38 },		/* over the end */
	{ VIRTIO_PCI_COMMON, 0, 0, 0x44 },
	{ VIRTIO_PCI_COMMON, 0, 0x40, 0x38 },
	{ VIRTIO_PCI_COMMON, 2, 0, 0x38 },		/* no such BAR */
	{ VIRTIO_PCI_COMMON, 6, 0, 0x38 },
	{ VIRTIO_PCI_COMMON, 255, 0, 0x38 },
	{ VIRTIO_PCI_COMMON, 4, 0xffffffc8, 0x38 },	/* 0 in 32 bits */
	{ VIRTIO_PCI_COMMON, 4, 0xfffffffc, 0x3c },
	{ VIRTIO_PCI_COMMON, 4, 4, 0xffffffff },
	{ VIRTIO_PCI_COMMON, 4, 0x4004, 0x38 },
	{ VIRTIO_PCI_NOTIFY, 4, 0x3000, 0 },
	{ VIRTIO_PCI_NOTIFY, 4, 0x3000, 1 },
	{ VIRTIO_PCI_NOTIFY, 4, 0x3001, 2 },
	{ VIRTIO_PCI_NOTIFY, 4, 0x4000, 2 },
	{ VIRTIO_PCI_NOTIFY, 3, 0, 2 },
	{ VIRTIO_PCI_NOTIFY, 4, 0xfffffffe, 0x1002 },
	{ VIRTIO_PCI_ISR, 4, 0x1000, 0 },
	{ VIRTIO_PCI_ISR, 4, 0x4000, 1 },
	{ VIRTIO_PCI_ISR, 4, 0xffffffff, 1 },
	{ VIRTIO_PCI_ISR, 3, 0, 1 },
};

#define UNUSABLE_COUNT	(sizeof(unusable) / sizeof(*unusable))

static void put_unusable(unsigned int i, uint8_t at)
{
	put(at, unusable[i].type, unusable[i].bar, unusable[i].offset,
	    unusable[i].length);
}

static void unusable_ones_are_passed_over(void)
{
	static const char *const texts[] = {
		"", "no usable common capability, want one within a BAR\n",
		"no usable notification capability, want one within a BAR\n",
		"no usable ISR capability, want one within a BAR\n",
	};
	unsigned int i;

	for (i = 0; i < UNUSABLE_COUNT; i++) {
		reset(0x1041, 0x1100);
		put_all();
		config[0x43 + 0x10 * (unusable[i].type == VIRTIO_PCI_ISR) +
		       0x30 * (unusable[i].type == VIRTIO_PCI_NOTIFY)] = 0;
		put_unusable(i, 0xa0);
		CHECK(probe() == -EINVAL && !added && !fake_held());
		CHECK(fake_log_count == 1 && fake_logged("virtio device 1: "));
		CHECK(fake_logged(texts[unusable[i].type]));
		CHECK(fake_read_count == 0 && fake_write_count == 0);

		reset(0x1041, 0x1100);
		put_unusable(i, 0xa0);
		put_all();
		CHECK(probe() == 0 && fake_log_count == 0);
		CHECK(found()->common == COMMON && found()->isr == ISR);
		CHECK(found()->notify.base == NOTIFY);
	}
}

static void the_first_usable_one_counts(void)
{
	reset(0x1041, 0x1100);
	put_all();
	put(0x90, VIRTIO_PCI_COMMON, 5, 0, 0x38);
	put(0xa0, VIRTIO_PCI_ISR, 5, 0, 1);
	put(0xb0, VIRTIO_PCI_DEVICE, 5, 0, 8);
	put(0xc0, VIRTIO_PCI_NOTIFY, 5, 0, 2);
	set32(0xd0, 77);
	put(0xd4, 5, 5, 0, 8);		/* configuration access */
	put(0xe4, 0, 5, 0, 8);		/* reserved */
	CHECK(probe() == 0 && fake_log_count == 0);
	CHECK(found()->common == COMMON && found()->isr == ISR);
	CHECK(found()->config.base == CONFIG && found()->config.size == 0x18);
	CHECK(found()->notify.base == NOTIFY && found()->multiplier == 4);
}

/* The space's last bytes: what doesn't fit isn't read. */
static void capabilities_at_the_end(void)
{
	reset(0x1041, 0x1100);
	put_all();
	config[0x73] = 0;
	put(0xec, VIRTIO_PCI_NOTIFY, 4, 0x3000, 2);
	set32(0xfc, 8);
	CHECK(probe() == 0 && found()->multiplier == 8);

	reset(0x1041, 0x1100);
	put_all();
	config[0x73] = 0;
	put(0xf0, VIRTIO_PCI_NOTIFY, 4, 0x3000, 2);
	CHECK(probe() == -EINVAL && fake_logged("notification"));

	reset(0x1041, 0x1100);
	put_all();
	config[0x53] = 0;
	put_cap(0xf4, PCI_CAPABILITY_VENDOR);
	config[0xf7] = VIRTIO_PCI_ISR;
	CHECK(probe() == -EINVAL && fake_logged("ISR"));
}

static void lists_that_lead_in_a_circle(void)
{
	reset(0x1041, 0x1100);
	put_all();
	config[0x71] = 0x40;
	CHECK(probe() == 0 && fake_log_count == 0);

	reset(0x1041, 0x1100);
	put_all();
	config[0x51] = 0x50;	/* itself: the rest is out of reach */
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("no usable notification capability"));

	reset(0x1041, 0x1100);
	put_all();
	config[0x41] = 0x43;	/* itself, but for bits that don't count */
	CHECK(probe() == -EINVAL);
}

/* Whatever it says: what is used lies in a BAR, aligned. */
static void any_noise(void)
{
	unsigned int seed, i, started = 0;
	uint32_t value;

	for (seed = 1; seed < 2000; seed++) {
		srand(seed);
		reset(0x1041, 0x1100);
		put_all();
		for (i = rand() % 8; i; i--)
			config[0x40 + rand() % 0x48] =
				rand() & 1 ? (uint8_t)rand() : rand() & 7;
		if (probe())
			continue;
		started++;
		for (i = 0; i < PCI_CONFIG_SIZE; i += 4)
			ops->config(ops_self, i, &value, 4);
		ops->features(ops_self);
		fake_handler(fake_handler_arg);
	}
	CHECK(started > 200);
}

int main(void)
{
	a_modern_device();
	a_transitional_device_by_its_subsystem();
	a_legacy_device_is_said();
	nobody_wants_it();
	what_the_image_lacks();
	interrupts_of_the_pin();
	structures_in_any_bar();
	unusable_ones_are_passed_over();
	the_first_usable_one_counts();
	capabilities_at_the_end();
	lists_that_lead_in_a_circle();
	any_noise();
	reset(0x1041, 0x1100);
	free(config);
	return fake_report();
}
