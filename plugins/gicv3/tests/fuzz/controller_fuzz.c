/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A GICv3 whose registers read as anything, a node that says anything of its
 * redistributors, and calls with any numbers: nothing outside the regions is
 * touched, no wait goes on for ever, each interrupt is ended as it was read.
 */
#include "../../ukdriver_gicv3/c/gicv3.c"

#include <fuzz.h>

#include <string.h>

#define GICD	0x8000000UL
#define GICR	0x80a0000UL
#define FRAMES	6U		/* of redistributors, 64 KiB each */

static bool is_honest;		/* about what it is */
static uint64_t iar, ended;
static unsigned int end_count;
static size_t gicr_size;
static uint32_t cells[3];

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(address < GICR || address + bytes <= GICR + gicr_size);
	if (is_honest && address % GICV3_FRAME_SIZE == GICV3_PIDR2)
		return 0x3b;
	if (is_honest && address == GICD + GICD_TYPER)
		return fuzz_byte() & 3;
	if (is_honest && address % GICV3_FRAME_SIZE == GICR_TYPER && bytes == 8)
		return (uint64_t)(fuzz_byte() & 3) << 32 | (fuzz_byte() & 0x1f);
	return fuzz_read(address, bytes, value);
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)value;
	CHECK(address < GICR || address + bytes <= GICR + gicr_size);
	fake_write_count = 0;
	return 0;
}

static uint64_t on_sysreg_read(const char *name)
{
	if (is_honest && !strcmp(name, "MPIDR_EL1"))
		return 0x80000000 | (fuzz_byte() & 3);
	if (is_honest && !strcmp(name, "ID_AA64PFR0_EL1"))
		return 0x01000011;
	if (!strcmp(name, "ICC_IAR1_EL1")) {
		iar = fuzz_word() & 0xffffff;
		return iar;
	}
	return fuzz_byte();
}

static void on_sysreg_write(const char *name, uint64_t value)
{
	if (strcmp(name, "ICC_EOIR1_EL1"))
		return;
	ended = value;
	end_count++;
}

static void handle(void)
{
	unsigned int before = fake_irq_count;
	bool is_none;

	end_count = 0;
	fake_irqchip->handle(fake_context, fake_self);
	is_none = iar >= 1020 && iar < 1024;
	CHECK(end_count == fake_irq_count - before);
	CHECK(end_count == !is_none);
	CHECK(!end_count || ended == iar);
}

static void translate(void)
{
	unsigned int count = fuzz_below(6), i;
	struct ukd_irq irq = { .number = UINT32_MAX };
	uint32_t cell[5];
	int rc;

	for (i = 0; i < count; i++)
		cell[i] = ukd_be32(fuzz_is(64) ? fuzz_word() :
				   fuzz_half() & 0x3ff);
	rc = fake_irqchip->translate(fake_self, cell, count, &irq);
	CHECK(rc <= 0);
	CHECK(rc || (irq.number >= 16 && irq.number < fake_irq_limit));
}

static int call(uint32_t number)
{
	int rc;

	switch (fuzz_below(4)) {
	case 0:
		return fake_irqchip->mask(fake_self, number);
	case 1:
		return fake_irqchip->unmask(fake_self, number);
	case 2:
		rc = fake_irqchip->set_trigger(fake_self, number,
					       fuzz_byte() & 1);
		return rc == -ENOTSUP ? 0 : rc;
	default:
		return fake_irqchip->set_priority(fake_self, number,
						  fuzz_byte());
	}
}

static void use(void)
{
	uint32_t number = fuzz_is(64) ? fuzz_word() : fuzz_half() & 0x3ff;
	uint64_t before = fake_time_us();
	unsigned int said = fake_log_count;
	int rc;

	switch (fuzz_below(4)) {
	case 0:
		handle();
		return;
	case 1:
		translate();
		/* of a type that isn't driven; the log would fill */
		return;
	case 2:
		rc = fake_irqchip->raise(fake_self, number);
		CHECK(rc == (number < 16 ? 0 : -ERANGE));
		return;
	}
	rc = call(number);
	CHECK(fake_time_us() - before <= GICV3_WAIT_US + 3000);
	if (rc == -ETIMEDOUT)
		CHECK(fake_log_count == said + 1);
	else
		CHECK(rc == (number < fake_irq_limit ? 0 : -ERANGE));
}

static void give_node(struct ukd_device *dev)
{
	dev->node = "";
	if (fuzz_is(128)) {
		cells[0] = ukd_be32(fuzz_is(16) ? fuzz_word() :
				    fuzz_byte() & 3);
		fake_property("#redistributor-regions", &cells[0],
			      fuzz_is(8) ? fuzz_below(5) : 4);
	}
	if (fuzz_is(128)) {
		cells[1] = ukd_be32(fuzz_is(16) ? fuzz_word() : 0);
		cells[2] = ukd_be32(fuzz_is(16) ? fuzz_word() :
				    (uint32_t)fuzz_byte() << 16);
		fake_property("redistributor-stride", &cells[1],
			      fuzz_is(8) ? fuzz_below(9) : 8);
	}
}

void fuzz_init(void)
{
	fake_map(GICD, 0x10000);
	fake_map(GICR, FRAMES * 0x10000);
}

void fuzz_one(void)
{
	struct ukd_device dev = {
		.path = "/intc", .region = { { GICD, 0x10000 } },
	};
	unsigned int actions = 64;
	int rc;

	memset(&gicv3_only, 0, sizeof(gicv3_only));
	is_honest = fuzz_byte() & 1;
	gicr_size = fuzz_below(FRAMES + 1) * 0x10000U;
	dev.region[1] = (struct ukd_region){ GICR, gicr_size };
	dev.region_count = fuzz_is(8) ? fuzz_below(3) : 2;
	if (fuzz_is(8))
		dev.region[0].size = fuzz_half();
	if (fuzz_byte() & 1)
		give_node(&dev);
	fake_on_read = on_read;
	fake_on_write = on_write;
	fake_on_sysreg_read = on_sysreg_read;
	fake_on_sysreg_write = on_sysreg_write;
	rc = ukd_driver_gicv3.probe(&dev, NULL);
	CHECK(rc <= 0 && !rc == !!fake_irqchip);
	CHECK(!rc || rc == -ENODEV || fake_log_count == 1);
	CHECK(rc || (fake_irq_limit >= 32 && fake_irq_limit <= 1020));
	while (!rc && fuzz_has_more() && actions--)
		use();
}
