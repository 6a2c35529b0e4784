/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A GICv2 whose registers read as anything, and calls with any numbers: what it
 * hands on is an interrupt that there is, and each is ended as it was read.
 */
#include "../../ukdriver_gicv2/c/gicv2.c"

#include <fuzz.h>

#define GICD	0x8000000UL
#define GICC	0x8010000UL

static bool is_honest;		/* about what it is */
static uint32_t iar, ended;
static unsigned int end_count;

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (is_honest && address == GICC + GICC_IIDR)
		return 0x2043b;
	if (is_honest && address == GICD + GICD_TYPER)
		return fuzz_byte() & 3;
	value = fuzz_read(address, bytes, value);
	if (address == GICC + GICC_IAR)
		iar = (uint32_t)value;
	return value;
}

static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	(void)bytes;
	fake_write_count = 0;
	if (address == GICC + GICC_EOIR) {
		ended = (uint32_t)value;
		end_count++;
	}
	return 0;
}

static void on_irq(uint32_t number)
{
	CHECK(number == (iar & 0x3ff) && number < 1020 && !end_count);
}

static void handle(void)
{
	unsigned int before = fake_irq_count;

	end_count = 0;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(end_count == fake_irq_count - before);
	CHECK(end_count == ((iar & 0x3ff) < 1020));
	CHECK(!end_count || ended == iar);
}

static void translate(void)
{
	unsigned int count = fuzz_below(6), i;
	struct ukd_irq irq = { .number = UINT32_MAX };
	uint32_t cells[5];
	int rc;

	for (i = 0; i < count; i++)
		cells[i] = ukd_be32(fuzz_is(64) ? fuzz_word() :
				    fuzz_half() & 0x3ff);
	rc = fake_irqchip->translate(fake_self, cells, count, &irq);
	CHECK(rc <= 0);
	CHECK(rc || (irq.number >= 16 && irq.number < fake_irq_limit));
}

static void use(void)
{
	uint32_t number = fuzz_is(64) ? fuzz_word() : fuzz_half() & 0x3ff;
	int rc = 0;

	switch (fuzz_below(7)) {
	case 0:
		handle();
		return;
	case 1:
		translate();
		return;
	case 2:
		rc = fake_irqchip->mask(fake_self, number);
		break;
	case 3:
		rc = fake_irqchip->unmask(fake_self, number);
		break;
	case 4:
		rc = fake_irqchip->set_trigger(fake_self, number,
					       fuzz_byte() & 1);
		rc = rc == -ENOTSUP ? 0 : rc;
		break;
	case 5:
		rc = fake_irqchip->set_priority(fake_self, number, fuzz_byte());
		break;
	case 6:
		rc = fake_irqchip->raise(fake_self, number);
		CHECK(rc == (number < 16 ? 0 : -ERANGE));
		return;
	}
	CHECK(rc == (number < fake_irq_limit ? 0 : -ERANGE));
}

void fuzz_init(void)
{
	fake_map(GICD, 0x10000);
	fake_map(GICC, 0x10000);
}

void fuzz_one(void)
{
	struct ukd_device dev = {
		.path = "/intc",
		.region = { { GICD, 0x10000 }, { GICC, 0x10000 } },
	};
	int rc;

	gicv2_only.limit = 0;
	is_honest = fuzz_byte() & 1;
	dev.region_count = 2;
	if (fuzz_is(8))
		dev.region_count = fuzz_below(3);
	if (fuzz_is(8))
		dev.region[fuzz_byte() & 1].size = fuzz_half();
	fake_on_read = on_read;
	fake_on_write = on_write;
	fake_on_irq = on_irq;
	rc = ukd_driver_gicv2.probe(&dev, NULL);
	CHECK(rc == 0 || rc == -ENODEV || rc == -EINVAL);
	CHECK(!rc == !!fake_irqchip);
	CHECK(rc || (fake_irq_limit >= 32 && fake_irq_limit <= 1020));
	while (!rc && fuzz_has_more())
		use();
}
