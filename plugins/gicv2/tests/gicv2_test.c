/* SPDX-License-Identifier: BSD-3-Clause */
#include "../ukdriver_gicv2/c/gicv2.c"

#include <fake.h>
#include <string.h>

#define GICD	0x8000000UL
#define GICC	0x8010000UL

static const struct ukd_device dev = {
	.path = "/intc@8000000",
	.region = { { GICD, 0x10000 }, { GICC, 0x10000 } },
	.region_count = 2,
};

static uint32_t lines;		/* GICD_TYPER.ITLinesNumber */
static uint32_t own_target;
static uint32_t pending_iar;	/* what the next read of IAR gives */
static uint32_t ended, end_count;
static int is_config_fixed;	/* of PPIs */

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == 4);
	if (address == GICD + GICD_TYPER)
		return lines;
	if (address >= GICD + GICD_ITARGETSR(0) &&
	    address < GICD + GICD_ITARGETSR(32))
		return own_target;
	if (address == GICC + GICC_IAR) {
		uint32_t iar = pending_iar;

		pending_iar = 1023;
		return iar;
	}
	return value;
}

/* Set and clear registers act on one another's words. */
static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	uintptr_t offset = address - GICD;

	if (bytes != 4)
		CHECK(offset >= 0x400 && offset < 0xc00);
	if (address == GICC + GICC_EOIR) {
		ended = (uint32_t)value;
		end_count++;
	}
	if (offset >= 0x100 && offset < 0x180) {
		value |= fake_peek(address);
		fake_poke(address + 0x80, (uint32_t)value);
	} else if (offset >= 0x180 && offset < 0x200) {
		value = fake_peek(address) & ~value;
		fake_poke(address - 0x80, (uint32_t)value);
	} else if (offset == GICD_ICFGR(16) && is_config_fixed) {
		value = fake_peek(address);
	} else if (offset >= 0xc00 && offset < 0xd00) {
		/* an enabled interrupt's trigger must not change */
		uint32_t changed = (uint32_t)value ^ fake_peek(address);
		uint32_t first = (uint32_t)(offset - 0xc00) * 4, i;

		for (i = 0; i < 16; i++)
			CHECK(!(changed >> (2 * i) & 3) ||
			      !(fake_peek(GICD + GICD_ISENABLER(first)) >>
				(first + i) % 32 & 1));
	}
	return value;
}

static void start(uint32_t line_words)
{
	fake_reset();
	gicv2_only.limit = 0;
	fake_map(GICD, 0x10000);
	fake_map(GICC, 0x10000);
	fake_poke(GICC + GICC_IIDR, 0x2043b);
	fake_on_read = on_read;
	fake_on_write = on_write;
	lines = line_words;
	own_target = 0x01010101;
	pending_iar = 1023;
	end_count = 0;
	is_config_fixed = 0;
}

static int probe(void)
{
	return ukd_driver_gicv2.probe(&dev, NULL);
}

static void probe_sets_every_interrupt_up(void)
{
	uint32_t i;

	start(8);
	own_target = 0x00000400;	/* interface 2, seen in one byte only */
	for (i = 0; i < 288; i += 4) {
		fake_poke(GICD + GICD_ISENABLER(i), UINT32_MAX);
		fake_poke(GICD + GICD_ICENABLER(i), UINT32_MAX);
		fake_poke(GICD + GICD_IGROUPR(i), UINT32_MAX);
	}
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 288);
	for (i = 0; i < 288; i++) {
		CHECK(!(fake_peek(GICD + GICD_ISENABLER(i)) & GICD_BIT(i)));
		CHECK(!(fake_peek(GICD + GICD_IGROUPR(i)) & GICD_BIT(i)));
		CHECK(fake_peek(GICD + GICD_IPRIORITYR(i / 4 * 4)) ==
		      0xa0a0a0a0);
		if (i >= 32)
			CHECK(fake_peek(GICD + GICD_ITARGETSR(i / 4 * 4)) ==
			      0x04040404);
	}
	CHECK(fake_peek(GICD + GICD_CTLR) == 1);
	CHECK(fake_peek(GICC + GICC_CTLR) == 1);
	CHECK(fake_peek(GICC + GICC_PMR) == 0xff);
	CHECK(fake_log_count == 0);
}

/* One CPU has nothing to target: its own fields read as zero. */
static void probe_works_with_one_cpu(void)
{
	uint32_t i;

	start(8);
	own_target = 0;
	CHECK(probe() == 0);
	for (i = 32; i < 288; i += 4)
		CHECK(fake_peek(GICD + GICD_ITARGETSR(i)) == 0);
	CHECK(fake_peek(GICD + GICD_CTLR) == 1);
}

static void a_controller_that_the_host_refuses_is_not_kept(void)
{
	start(8);
	fake_add_rc = -EBUSY;
	CHECK(probe() == -EBUSY && !fake_irqchip);
	fake_add_rc = 0;
	CHECK(probe() == 0 && fake_irq_limit == 288 && fake_log_count == 0);
}

static void probe_writes_nothing_past_the_last_interrupt(void)
{
	unsigned int i;

	start(31);
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 1020);
	start(0);
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 32);
	for (i = 0; i < fake_write_count; i++) {
		uintptr_t offset = fake_writes[i].address - GICD;

		CHECK(offset < GICD_ITARGETSR(0) || offset >= 0x10000);
	}
}

static void probe_turns_on_last(void)
{
	unsigned int i, is_on = 0;

	start(8);
	CHECK(probe() == 0);
	for (i = 0; i < fake_write_count; i++) {
		CHECK(!is_on || fake_writes[i].address >= GICC);
		if (fake_writes[i].address == GICD + GICD_CTLR)
			is_on = fake_writes[i].value & 1;
	}
	CHECK(is_on);
}

static void probe_keeps_the_bypass_bits(void)
{
	start(8);
	fake_poke(GICC + GICC_CTLR, 0x1ff);
	CHECK(probe() == 0);
	CHECK(fake_peek(GICC + GICC_CTLR) == 0x1e1);
}

static void probe_leaves_another_version_alone(void)
{
	start(8);
	fake_poke(GICC + GICC_IIDR, 0x1043b);
	CHECK(probe() == -ENODEV);
	CHECK(fake_write_count == 0 && fake_log_count == 0);
	fake_poke(GICC + GICC_IIDR, 0x2043b);
	CHECK(probe() == 0);
	CHECK(probe() == -EBUSY);
}

static void probe_refuses_regions_that_are_missing_or_short(void)
{
	struct ukd_device other = dev;

	start(8);
	other.region_count = 1;
	CHECK(ukd_driver_gicv2.probe(&other, NULL) == -EINVAL);
	other = dev;
	other.region[0].size = 0x800;
	CHECK(ukd_driver_gicv2.probe(&other, NULL) == -EINVAL);
	other = dev;
	other.region[1].size = 0x10;
	CHECK(ukd_driver_gicv2.probe(&other, NULL) == -EINVAL);
	CHECK(fake_read_count == 0 && fake_write_count == 0);
	CHECK(fake_logged("err: /intc@8000000: reg: want a distributor of at least 0x1000 bytes"));
}

static int translate(uint32_t type, uint32_t number, uint32_t flags,
		     struct ukd_irq *irq)
{
	const uint32_t cell[3] = {
		ukd_be32(type), ukd_be32(number), ukd_be32(flags)
	};

	return ukd_irq_translate(cell, 3, irq);
}

static void translate_follows_the_binding(void)
{
	struct ukd_irq irq = { 0 };
	uint32_t cell[4] = { 0 };

	start(8);
	CHECK(probe() == 0);
	CHECK(translate(0, 1, 4, &irq) == 0);
	CHECK(irq.number == 33 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(0, 255, 1, &irq) == 0);
	CHECK(irq.number == 287 && irq.trigger == UKD_IRQ_EDGE);
	CHECK(translate(1, 11, 0x104, &irq) == 0);
	CHECK(irq.number == 27 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(1, 15, 0xf08, &irq) == 0);
	CHECK(irq.number == 31 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(1, 0, 2, &irq) == 0);
	CHECK(irq.number == 16 && irq.trigger == UKD_IRQ_EDGE);

	CHECK(translate(0, 256, 4, &irq) == -ERANGE);
	CHECK(translate(0, UINT32_MAX, 4, &irq) == -ERANGE);
	CHECK(translate(0, UINT32_MAX - 30, 4, &irq) == -ERANGE);
	CHECK(translate(1, 16, 4, &irq) == -ERANGE);
	CHECK(translate(2, 0, 4, &irq) == -EINVAL);
	CHECK(translate(0, 0, 0, &irq) == -EINVAL);
	CHECK(translate(0, 0, 2, &irq) == -EINVAL);
	CHECK(translate(0, 0, 8, &irq) == -EINVAL);
	CHECK(translate(1, 0, 5, &irq) == -EINVAL);
	CHECK(ukd_irq_translate(cell, 2, &irq) == -EINVAL);
	CHECK(ukd_irq_translate(cell, 4, &irq) == -EINVAL);
}

static void translate_stops_at_the_end_of_the_architecture(void)
{
	struct ukd_irq irq;

	start(31);
	CHECK(probe() == 0);
	CHECK(translate(0, 987, 4, &irq) == 0 && irq.number == 1019);
	CHECK(translate(0, 988, 4, &irq) == -ERANGE);
}

static void numbers_out_of_range_touch_nothing(void)
{
	const uint32_t numbers[] = { 288, 1020, 1023, UINT32_MAX };
	unsigned int i, writes;

	start(8);
	CHECK(probe() == 0);
	writes = fake_write_count;
	for (i = 0; i < 4; i++) {
		CHECK(fake_irqchip->mask(fake_self, numbers[i]) == -ERANGE);
		CHECK(fake_irqchip->unmask(fake_self, numbers[i]) == -ERANGE);
		CHECK(fake_irqchip->set_trigger(fake_self, numbers[i],
						UKD_IRQ_EDGE) == -ERANGE);
		CHECK(fake_irqchip->set_priority(fake_self, numbers[i], 0) ==
		      -ERANGE);
		CHECK(fake_irqchip->raise(fake_self, numbers[i]) == -ERANGE);
	}
	CHECK(fake_irqchip->raise(fake_self, 16) == -ERANGE);
	CHECK(fake_write_count == writes);
}

static void mask_and_unmask_are_one_bit(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
	CHECK(fake_irqchip->unmask(fake_self, 287) == 0);
	CHECK(fake_peek(GICD + 0x104) == 1U << 1);
	CHECK(fake_peek(GICD + 0x120) == 1U << 31);
	CHECK(fake_irqchip->mask(fake_self, 33) == 0);
	CHECK(fake_peek(GICD + 0x104) == 0);
	CHECK(fake_peek(GICD + 0x120) == 1U << 31);
}

static void trigger_changes_while_disabled_and_comes_back(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->unmask(fake_self, 35) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 35, UKD_IRQ_EDGE) == 0);
	CHECK(fake_peek(GICD + 0xc08) == 2U << 6);
	CHECK(fake_peek(GICD + 0x104) == 1U << 3);
	CHECK(fake_irqchip->set_trigger(fake_self, 36, UKD_IRQ_EDGE) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 35, UKD_IRQ_LEVEL) == 0);
	CHECK(fake_peek(GICD + 0xc08) == 2U << 8);
	CHECK(fake_peek(GICD + 0x104) == 1U << 3);
}

static void trigger_of_a_wired_interrupt_stands(void)
{
	start(8);
	is_config_fixed = 1;
	CHECK(probe() == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 27, UKD_IRQ_EDGE) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 3, UKD_IRQ_EDGE) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 3, UKD_IRQ_LEVEL) ==
	      -ENOTSUP);
}

static void priority_is_one_byte(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->set_priority(fake_self, 33, 0x40) == 0);
	CHECK(fake_peek(GICD + GICD_IPRIORITYR(32)) == 0xa0a040a0);
}

static void raise_targets_the_calling_cpu(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->raise(fake_self, 15) == 0);
	CHECK(fake_peek(GICD + GICD_SGIR) == 0x0200000f);
}

static uint32_t dispatched;

static void note(uint32_t number)
{
	CHECK(end_count == 0);	/* the end comes after the handler */
	dispatched = number;
}

static void handle_ends_what_it_took(void)
{
	start(8);
	CHECK(probe() == 0);
	fake_on_irq = note;
	pending_iar = 27;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(dispatched == 27 && ended == 27 && end_count == 1);
}

static void handle_gives_eoir_the_source_of_an_sgi(void)
{
	start(8);
	CHECK(probe() == 0);
	pending_iar = 5U << 10 | 3;
	fake_on_irq = note;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(dispatched == 3 && ended == (5U << 10 | 3));
}

static void handle_ignores_what_is_no_interrupt(void)
{
	uint32_t number;

	start(31);
	CHECK(probe() == 0);
	for (number = 1020; number < 1024; number++) {
		pending_iar = number;
		fake_irqchip->handle(fake_context, fake_self);
	}
	CHECK(fake_irq_count == 0 && end_count == 0);
	pending_iar = 1019;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(fake_irq_count == 1 && ended == 1019);
}

/* What must not be overtaken: by whom is said in the driver. */
static void barriers_are_where_they_belong(void)
{
	start(8);
	CHECK(probe() == 0);
	fake_forget_events();
	CHECK(fake_irqchip->mask(fake_self, 33) == 0);
	CHECK(!strcmp(fake_events(), "wb"));
	fake_forget_events();
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
	CHECK(!strcmp(fake_events(), "bw"));
	fake_forget_events();
	CHECK(fake_irqchip->raise(fake_self, 1) == 0);
	CHECK(!strcmp(fake_events(), "bw"));
	fake_forget_events();
	pending_iar = 33;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(!strcmp(fake_events(), "rdbw"));
}

/* A line that is stuck comes back at once: each call takes it once and ends. */
static void handle_ends_in_a_storm(void)
{
	unsigned int i;

	start(8);
	CHECK(probe() == 0);
	for (i = 1; i <= FAKE_STORM; i++) {
		pending_iar = 33;
		fake_write_count = fake_read_count = 0;
		fake_irqchip->handle(fake_context, fake_self);
		CHECK(fake_irq_count == i && end_count == i && ended == 33);
		CHECK(fake_write_count == 1 && fake_read_count == 1);
	}
	CHECK(fake_log_count == 0);
}

int main(void)
{
	probe_sets_every_interrupt_up();
	probe_works_with_one_cpu();
	a_controller_that_the_host_refuses_is_not_kept();
	probe_writes_nothing_past_the_last_interrupt();
	probe_turns_on_last();
	probe_keeps_the_bypass_bits();
	probe_leaves_another_version_alone();
	probe_refuses_regions_that_are_missing_or_short();
	translate_follows_the_binding();
	translate_stops_at_the_end_of_the_architecture();
	numbers_out_of_range_touch_nothing();
	mask_and_unmask_are_one_bit();
	trigger_changes_while_disabled_and_comes_back();
	trigger_of_a_wired_interrupt_stands();
	priority_is_one_byte();
	raise_targets_the_calling_cpu();
	handle_ends_what_it_took();
	handle_gives_eoir_the_source_of_an_sgi();
	handle_ignores_what_is_no_interrupt();
	barriers_are_where_they_belong();
	handle_ends_in_a_storm();
	return fake_report();
}
