/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_ns16550/c/ns16550.c"

#include <fake.h>

#include <string.h>

#define BASE	0x9000000UL
#define SIZE	0x1000

/* What the device is made as, and how the driver gets to its registers. */
static struct {
	unsigned int shift, width, offset;
	bool has_fifo, has_broken_fifo, is_locked;
	unsigned int idle_at_us;	/* TEMT and THRE are 0 before */
	unsigned int divisor;
} chip;

static unsigned int lcr, ier, mcr, fcr, lsr_errors, fifo_level;
static char sent[256];
static unsigned int sent_count;
static const char *received;		/* what is still to be read */
static unsigned int bad_at;		/* index from the end, 0: none */

/* Of the node; NULL in a device on PCI. */
static const uint32_t node;

static const struct ukd_device dev = {
	.path = "/serial@9000000",
	.region = { { BASE, SIZE } },
	.region_count = 1,
	.node = &node,
};

static unsigned int register_at(uintptr_t address, unsigned int bytes)
{
	size_t offset = address - BASE - chip.offset;

	CHECK(bytes == chip.width);
	CHECK(address >= BASE + chip.offset);
	CHECK(offset % (1U << chip.shift) == 0);
	CHECK(offset >> chip.shift < 8);
	return (unsigned int)(offset >> chip.shift);
}

static unsigned int line_status(void)
{
	unsigned int status = lsr_errors;

	lsr_errors = 0;		/* a look clears them */
	if (*received)
		status |= NS16550_LSR_DR;
	if (fake_time_us() >= chip.idle_at_us) {
		fifo_level = 0;
		status |= NS16550_LSR_THRE | NS16550_LSR_TEMT;
	}
	return status;
}

/* The next character comes to the top of the FIFO with its errors. */
static void show_next(void)
{
	lsr_errors = bad_at && strlen(received) == bad_at ? NS16550_LSR_FE : 0;
}

static unsigned int receive(void)
{
	unsigned int data = (unsigned char)*received;

	if (*received)
		received++;
	show_next();
	return data;
}

/* Registers wider than a byte: what is in the other bytes is anything. */
static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	unsigned int reg = register_at(address, bytes), byte = 0;
	bool is_latch = lcr & NS16550_LCR_DLAB;

	(void)value;
	switch (reg) {
	case NS16550_RBR:
		byte = is_latch ? chip.divisor & 0xff : receive();
		break;
	case NS16550_IER:
		byte = is_latch ? chip.divisor >> 8 : ier;
		break;
	case NS16550_IIR:
		byte = 1;
		if (fcr & NS16550_FCR_ENABLE && chip.has_fifo)
			byte |= chip.has_broken_fifo ? 0x80 : 0xc0;
		break;
	case NS16550_LCR:
		byte = lcr;
		break;
	case NS16550_MCR:
		byte = mcr;
		break;
	case NS16550_LSR:
		byte = line_status();
		break;
	}
	return byte | (bytes > 1 ? 0xa500 : 0);
}

static void transmit(unsigned int byte)
{
	bool is_fifo_on = fcr & NS16550_FCR_ENABLE && chip.has_fifo;

	CHECK(!(mcr & 0x10));	/* loopback */
	CHECK(++fifo_level <= (is_fifo_on ? 16U : 1U));
	sent[sent_count++ % sizeof(sent)] = (char)byte;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	unsigned int reg = register_at(address, bytes);
	unsigned int byte = (unsigned int)value;
	bool is_latch = lcr & NS16550_LCR_DLAB;

	CHECK(value <= 0xff);
	switch (reg) {
	case NS16550_THR:
		if (is_latch)
			chip.divisor = (chip.divisor & 0xff00) | byte;
		else
			transmit(byte);
		break;
	case NS16550_IER:
		if (is_latch)
			chip.divisor = (chip.divisor & 0xff) | byte << 8;
		else
			ier = byte;
		break;
	case NS16550_FCR:
		fcr = byte;
		break;
	case NS16550_LCR:
		lcr = chip.is_locked ? 0 : byte;
		break;
	case NS16550_MCR:
		mcr = byte;
		break;
	default:
		CHECK(!"a register that is read-only");
	}
	return value;
}

static void start(void)
{
	fake_reset();
	ns16550_port_count = 0;
	memset(&chip, 0, sizeof(chip));
	chip.width = 1;
	chip.has_fifo = true;
	chip.divisor = 0x1234;
	lcr = 0x9b;		/* divisor latch open, even parity */
	ier = 0xf;
	mcr = 0x18;		/* loopback */
	fcr = 0;
	lsr_errors = fifo_level = sent_count = bad_at = 0;
	received = "";
	fake_map(BASE, SIZE);
	fake_on_read = on_read;
	fake_on_write = on_write;
}

static int probe_as(const char *compatible, const struct ukd_device *device)
{
	const struct ukd_match *match = ukd_driver_ns16550.match;

	while (strcmp(match->compatible, compatible))
		match++;
	return ukd_driver_ns16550.probe(device, match->variant);
}

static int probe(void)
{
	return probe_as("ns16550a", &dev);
}

/* Cells as in the tree; static, since they aren't copied. */
static void set_cell(const char *name, uint32_t value)
{
	static uint32_t cells[64];
	static unsigned int next;
	uint32_t *cell = &cells[next++ % 64];

	*cell = ukd_be32(value);
	fake_property(name, cell, sizeof(*cell));
}

/* Setting up */

static void probe_sets_the_line_and_nothing_else_up(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(fake_console != NULL && fake_log_count == 0);
	CHECK(lcr == 0x03 && ier == 0 && mcr == 0x03);
	CHECK(fcr == (NS16550_FCR_ENABLE | NS16550_FCR_CLEAR_RX |
		      NS16550_FCR_CLEAR_TX));
	CHECK(chip.divisor == 0x1234);
}

static void probe_waits_for_the_last_character(void)
{
	start();
	chip.idle_at_us = 1000;
	CHECK(probe() == 0);
	CHECK(fake_time_us() >= 1000);
}

static void probe_gives_up_when_the_transmitter_never_empties(void)
{
	start();
	chip.idle_at_us = UINT32_MAX;
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_write_count == 0);
	CHECK(fake_time_us() < NS16550_DRAIN_US + 10);
	CHECK(fake_logged("err: /serial@9000000: LSR.TEMT still 0 after 40000 us"));
	CHECK(fake_console == NULL);
}

static uint64_t all_ones(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)address;
	(void)bytes;
	(void)value;
	return UINT64_MAX;
}

static void probe_leaves_what_does_not_answer_alone(void)
{
	start();
	fake_on_read = all_ones;
	CHECK(probe() == -ENODEV);
	CHECK(fake_write_count == 0 && fake_log_count == 0);
}

static void probe_refuses_what_does_not_keep_its_line_control(void)
{
	start();
	chip.is_locked = true;
	CHECK(probe() == -EIO);
	CHECK(fake_logged("err: /serial@9000000: LCR: is 0, was set to 0x3"));
	CHECK(fake_console == NULL);
}

static void a_port_that_failed_takes_no_place(void)
{
	unsigned int i;

	start();
	chip.is_locked = true;
	for (i = 0; i <= NS16550_PORTS_MAX; i++)
		CHECK(probe() == -EIO);
	chip.is_locked = false;
	CHECK(probe() == 0);
}

static void a_port_that_the_host_refuses_takes_no_place(void)
{
	start();
	fake_add_rc = -ENOMEM;
	CHECK(probe() == -ENOMEM && ns16550_port_count == 0 && !fake_console);
	fake_add_rc = 0;
	CHECK(probe() == 0 && ns16550_port_count == 1);
}

static void ports_beyond_the_table_are_left_out(void)
{
	unsigned int i;

	start();
	for (i = 0; i < NS16550_PORTS_MAX; i++)
		CHECK(probe() == 0);
	CHECK(fake_log_count == 0);
	CHECK(probe() == -ENOMEM);
	CHECK(fake_logged("left out, 4 ports are in use already"));
}

/* FIFOs */

static void a_device_without_fifos_works_without(void)
{
	start();
	chip.has_fifo = false;
	CHECK(probe() == 0);
	CHECK(fcr == 0);
	CHECK(fake_console->write(fake_self, "abc", 3) == 0);
	CHECK(sent_count == 3 && memcmp(sent, "abc", 3) == 0);
}

static void broken_fifos_stay_off(void)
{
	start();
	chip.has_broken_fifo = true;
	CHECK(probe() == 0);
	CHECK(fcr == 0);
	CHECK(fake_console->write(fake_self, "abc", 3) == 0);
	CHECK(sent_count == 3);
}

static void fifos_of_older_devices_are_not_tried(void)
{
	static const char *const older[] = { "ns16550", "ns16450", "ns8250" };
	unsigned int i;

	for (i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
		start();
		CHECK(probe_as(older[i], &dev) == 0);
		CHECK(fcr == 0);
		CHECK(fake_console->write(fake_self, "abc", 3) == 0);
		CHECK(sent_count == 3);
	}
}

/* Properties */

static void registers_are_where_the_tree_says(void)
{
	static const unsigned int layouts[][3] = {	/* shift, width, offset */
		{ 0, 1, 0 }, { 0, 1, 3 }, { 1, 1, 0 }, { 1, 2, 0x10 },
		{ 2, 1, 0 }, { 2, 2, 0 }, { 2, 4, 0 }, { 2, 4, 0x200 },
		{ 3, 4, 0 }, { 4, 4, SIZE - 0x80 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		start();
		chip.shift = layouts[i][0];
		chip.width = layouts[i][1];
		chip.offset = layouts[i][2];
		set_cell("reg-shift", chip.shift);
		set_cell("reg-io-width", chip.width);
		set_cell("reg-offset", chip.offset);
		CHECK(probe() == 0);
		received = "x";
		CHECK(fake_console->write(fake_self, "abc", 3) == 0);
		CHECK(sent_count == 3 && memcmp(sent, "abc", 3) == 0);
		CHECK(fake_console->getc(fake_self) == 'x');
	}
}

static void refuses(const char *name, uint32_t value, const char *text)
{
	start();
	if (strcmp(name, "reg-shift"))
		set_cell("reg-shift", 2);
	set_cell(name, value);
	CHECK(probe() == -EINVAL);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
	CHECK(fake_logged(text));
}

static void probe_refuses_registers_that_cannot_be(void)
{
	refuses("reg-shift", 5, "reg-shift: is 5, want at most 4");
	refuses("reg-shift", UINT32_MAX, "reg-shift: is 4294967295, ");
	refuses("reg-io-width", 0, "reg-io-width: is 0, want 1, 2 or 4");
	refuses("reg-io-width", 3, "reg-io-width: is 3, want 1, 2 or 4");
	refuses("reg-io-width", 8, "reg-io-width: is 8, want 1, 2 or 4");
	refuses("reg-offset", SIZE - 0x1f,
		"registers: want 0x20 bytes from 0xfe1 on, have 0x1000");
	refuses("reg-offset", UINT32_MAX, "registers: want 0x20 bytes from 0xff");
}

static void probe_refuses_registers_wider_than_their_step(void)
{
	start();
	set_cell("reg-io-width", 4);
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("and not over the step of 1 bytes"));

	start();
	set_cell("reg-shift", 2);
	set_cell("reg-io-width", 4);
	set_cell("reg-offset", 2);
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("reg-offset: is 0x2, want registers aligned to 4 bytes"));
}

static void probe_refuses_a_short_region(void)
{
	struct ukd_device small = dev;

	start();
	small.region[0].size = 7;
	CHECK(probe_as("ns16550a", &small) == -EINVAL);
	small.region_count = 0;
	CHECK(probe_as("ns16550a", &small) == -EINVAL);
	CHECK(fake_read_count == 0);
	CHECK(fake_logged("registers: want 0x8 bytes from 0 on, have 0x7"));
	small.region_count = 1;
	small.region[0].size = 8;
	CHECK(probe_as("ns16550a", &small) == 0);
}

static void a_property_of_another_size_does_not_count(void)
{
	static const uint32_t two[2];

	start();
	fake_property("reg-io-width", two, sizeof(two));
	fake_property("reg-shift", two, 1);
	CHECK(probe() == 0);
}

/* Speed */

static unsigned int divisor_for(uint32_t clock_hz, uint32_t baud)
{
	start();
	if (clock_hz)
		set_cell("clock-frequency", clock_hz);
	if (baud)
		set_cell("current-speed", baud);
	CHECK(probe() == 0);
	CHECK(lcr == 0x03);
	return chip.divisor;
}

static void the_divisor_is_the_nearest(void)
{
	CHECK(divisor_for(1843200, 115200) == 1);
	CHECK(divisor_for(1843200, 9600) == 12);
	CHECK(divisor_for(24000000, 115200) == 13);	/* 13.02 */
	CHECK(divisor_for(48000000, 57600) == 52);	/* 52.08 */
	CHECK(divisor_for(1843200, 50) == 2304);	/* two bytes */
	CHECK(divisor_for(0xffffffff, 0xfffffff) == 1);
}

static void the_divisor_stays_when_one_part_is_missing(void)
{
	CHECK(divisor_for(1843200, 0) == 0x1234);
	CHECK(divisor_for(0, 9600) == 0x1234);
	CHECK(fake_log_count == 0);
}

static void the_divisor_stays_when_there_is_none(void)
{
	CHECK(divisor_for(100000, 115200) == 0x1234);
	CHECK(fake_logged("warn: /serial@9000000: current-speed: 115200 can't be made from 100000 Hz"));
	CHECK(divisor_for(0xffffffff, 300) == 0x1234);
	CHECK(fake_logged("current-speed: 300 can't be made"));
	CHECK(divisor_for(0xffffffff, 0xffffffff) == 0x1234);
}

static void a_port_on_pci_gets_its_divisor_from_the_option(void)
{
	struct ukd_device function = {
		.path = "/pcie@10000000/00:01.0",
		.region = { { BASE, 8 } },
		.region_count = 1,
	};

	start();
	CHECK(probe_as("pciclass,070002", &function) == 0);
	CHECK(chip.divisor == 1);
	CHECK(fcr & NS16550_FCR_ENABLE);
	CHECK(fake_console->write(fake_self, "abc", 3) == 0);
	CHECK(sent_count == 3);
}

/* Output and input */

static void write_sends_every_byte_in_order(void)
{
	char text[200];
	unsigned int i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	start();
	CHECK(probe() == 0);
	CHECK(fake_console->write(fake_self, text, sizeof(text)) == 0);
	CHECK(sent_count == sizeof(text));
	CHECK(memcmp(sent, text, sizeof(text)) == 0);
	CHECK(fake_console->write(fake_self, text, 0) == 0);
	CHECK(sent_count == sizeof(text));
}

static void write_looks_at_the_status_once_a_fifo(void)
{
	char text[64] = { 0 };
	unsigned int reads;

	start();
	CHECK(probe() == 0);
	reads = fake_read_count;
	CHECK(fake_console->write(fake_self, text, sizeof(text)) == 0);
	CHECK(fake_read_count - reads == 4);
}

static void write_waits_while_the_transmitter_is_busy(void)
{
	start();
	CHECK(probe() == 0);
	chip.idle_at_us = (unsigned int)fake_time_us() + 500;
	CHECK(fake_console->write(fake_self, "abc", 3) == 0);
	CHECK(sent_count == 3 && fake_time_us() >= 500);
}

static void write_gives_up_when_the_transmitter_stays_busy(void)
{
	start();
	CHECK(probe() == 0);
	chip.idle_at_us = UINT32_MAX;
	CHECK(fake_console->write(fake_self, "abc", 3) == -ETIMEDOUT);
	CHECK(sent_count == 0);
	CHECK(fake_time_us() <= NS16550_DRAIN_US + 2);
}

static void write_takes_room_that_came_while_the_cpu_was_away(void)
{
	start();
	CHECK(probe() == 0);
	chip.idle_at_us = 1000 * 1000;
	fake_step_us = 600 * 1000;
	CHECK(fake_console->write(fake_self, "a", 1) == 0);
	CHECK(sent_count == 1);
}

static void getc_returns_what_is_received(void)
{
	start();
	CHECK(probe() == 0);
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
	received = "x\xff";
	CHECK(fake_console->getc(fake_self) == 'x');
	CHECK(fake_console->getc(fake_self) == 0xff);
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
}

static void getc_drops_a_character_with_an_error(void)
{
	start();
	CHECK(probe() == 0);
	received = "abc";
	bad_at = 2;
	CHECK(fake_console->getc(fake_self) == 'a');
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
	CHECK(fake_console->getc(fake_self) == 'c');
}

static void output_does_not_hide_an_error_of_the_input(void)
{
	start();
	CHECK(probe() == 0);
	received = "ab";
	bad_at = 2;
	show_next();
	CHECK(fake_console->write(fake_self, "text", 4) == 0);
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
	CHECK(fake_console->getc(fake_self) == 'b');
}

static void a_device_that_is_gone_sends_no_input(void)
{
	start();
	CHECK(probe() == 0);
	fake_on_read = all_ones;
	CHECK(fake_console->getc(fake_self) == -EAGAIN);
}

int main(void)
{
	probe_sets_the_line_and_nothing_else_up();
	probe_waits_for_the_last_character();
	probe_gives_up_when_the_transmitter_never_empties();
	probe_leaves_what_does_not_answer_alone();
	probe_refuses_what_does_not_keep_its_line_control();
	a_port_that_failed_takes_no_place();
	a_port_that_the_host_refuses_takes_no_place();
	ports_beyond_the_table_are_left_out();
	a_device_without_fifos_works_without();
	broken_fifos_stay_off();
	fifos_of_older_devices_are_not_tried();
	registers_are_where_the_tree_says();
	probe_refuses_registers_that_cannot_be();
	probe_refuses_registers_wider_than_their_step();
	probe_refuses_a_short_region();
	a_property_of_another_size_does_not_count();
	the_divisor_is_the_nearest();
	the_divisor_stays_when_one_part_is_missing();
	the_divisor_stays_when_there_is_none();
	a_port_on_pci_gets_its_divisor_from_the_option();
	write_sends_every_byte_in_order();
	write_looks_at_the_status_once_a_fifo();
	write_waits_while_the_transmitter_is_busy();
	write_gives_up_when_the_transmitter_stays_busy();
	write_takes_room_that_came_while_the_cpu_was_away();
	getc_returns_what_is_received();
	getc_drops_a_character_with_an_error();
	output_does_not_hide_an_error_of_the_input();
	a_device_that_is_gone_sends_no_input();
	return fake_report();
}
