/* SPDX-License-Identifier: BSD-3-Clause */
#include "gicv3_fake.h"

static uint64_t router_of(uint32_t intid)
{
	uintptr_t address = GICD + GICD_IROUTER(intid);

	return fake_peek(address) | (uint64_t)fake_peek(address + 4) << 32;
}

static uintptr_t frame_of(uint32_t intid)
{
	return intid < 32 ? SGI : GICD;
}

/* Start */

static void probe_sets_every_interrupt_up(void)
{
	uint32_t i;

	start(8);
	mpidr = 0x0000001280345607;
	redistributor(GICR, GICR_TYPER_LAST, 0x12345607);
	for (i = 0; i < 288; i += 4) {
		fake_poke(frame_of(i) + GICD_ISENABLER(i), UINT32_MAX);
		fake_poke(frame_of(i) + GICD_ICENABLER(i), UINT32_MAX);
		fake_poke(frame_of(i) + GICD_IGRPMODR(i), UINT32_MAX);
		fake_poke(GICD + GICD_ICFGR(i), i < 32 ? 0 : UINT32_MAX);
	}
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 288);
	for (i = 0; i < 288; i++) {
		uintptr_t frame = frame_of(i);

		CHECK(!(fake_peek(frame + GICD_ISENABLER(i)) & GICD_BIT(i)));
		CHECK(fake_peek(frame + GICD_IGROUPR(i)) & GICD_BIT(i));
		CHECK(!(fake_peek(frame + GICD_IGRPMODR(i)) & GICD_BIT(i)));
		CHECK(fake_peek(frame + GICD_IPRIORITYR(i / 4 * 4)) ==
		      0xa0a0a0a0);
		CHECK(fake_peek(GICD + GICD_ICFGR(i)) == 0);
		if (i >= 32)
			CHECK(router_of(i) == 0x1200345607);
	}
	CHECK(fake_peek(GICD + GICD_CTLR) & GICD_CTLR_ARE);
	CHECK((fake_peek(GICD + GICD_CTLR) & GICD_CTLR_ENABLEGRP) == 2);
	CHECK(!(fake_peek(GICR + GICR_WAKER) & 2));
	CHECK(fake_log_count == 0);
}

static void probe_starts_the_cpu_last(void)
{
	start(8);
	icc[CTLR] = 0x8403;	/* EOImode 1, as a loader may leave it */
	CHECK(probe() == 0);
	CHECK(icc[SRE] & 1);
	CHECK(icc[PMR] == 0xff && icc[BPR1] == 0 && icc[IGRPEN1] == 1);
	CHECK(icc[CTLR] == 0x8401);
	CHECK(enabled_at == fake_write_count);
}

static void probe_takes_over_from_a_loader(void)
{
	start(8);
	fake_poke(GICD + GICD_CTLR, GICD_CTLR_ARE | 0x80 | 3);
	fake_poke(GICR + GICR_WAKER, 0);
	icc[SRE] = 7;
	CHECK(probe() == 0);
	CHECK((fake_peek(GICD + GICD_CTLR) & ~GICD_CTLR_DS) ==
	      (GICD_CTLR_ARE | 0x80 | 2));
	CHECK(icc[SRE] == 7);
}

static void probe_writes_nothing_past_the_last_interrupt(void)
{
	unsigned int i;

	start(31);
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 1020);
	for (i = 0; i < fake_write_count; i++)
		CHECK(fake_writes[i].address < GICD + 0x7fe0 ||
		      fake_writes[i].address >= GICR);
	start(0);
	CHECK(probe() == 0);
	CHECK(fake_irq_limit == 32);
	for (i = 0; i < fake_write_count; i++)
		CHECK(fake_writes[i].address == GICD + GICD_CTLR ||
		      fake_writes[i].address >= GICR);
}

static void probe_works_from_the_non_secure_state(void)
{
	start(8);
	has_two_states = 1;
	fake_poke(GICR + GICR_WAKER, 0);
	CHECK(probe() == 0);
	CHECK((fake_peek(GICD + GICD_CTLR) & GICD_CTLR_ENABLEGRP) == 2);
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
}

/* There group 1 of the Non-secure state would come as an FIQ. */
static void probe_takes_the_secure_group_in_the_secure_state(void)
{
	uint32_t i;

	start(8);
	has_two_states = is_access_secure = 1;
	CHECK(probe() == 0);
	for (i = 0; i < 288; i += 32) {
		CHECK(fake_peek(frame_of(i) + GICD_IGROUPR(i)) == 0);
		CHECK(fake_peek(frame_of(i) + GICD_IGRPMODR(i)) == UINT32_MAX);
	}
	CHECK((fake_peek(GICD + GICD_CTLR) & GICD_CTLR_ENABLEGRP) == 4);
}

static void probe_leaves_another_version_alone(void)
{
	static const uint32_t others[] = { 0x0b, 0x2b, 0x5b, 0xff };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		start(8);
		fake_poke(GICD + GICV3_PIDR2, others[i]);
		CHECK(probe() == -ENODEV);
		CHECK(fake_write_count == 0 && fake_log_count == 0);
	}
	start(8);
	fake_poke(GICD + GICV3_PIDR2, 0x4b);
	CHECK(probe() == 0);
	CHECK(probe() == -EBUSY);
}

static void probe_refuses_regions_that_are_missing_or_short(void)
{
	struct ukd_device other = dev;

	start(8);
	other.region_count = 1;
	CHECK(ukd_driver_gicv3.probe(&other, NULL) == -EINVAL);
	other = dev;
	other.region[0].size = 0x1000;
	CHECK(ukd_driver_gicv3.probe(&other, NULL) == -EINVAL);
	CHECK(fake_read_count == 0);
	CHECK(fake_logged("err: /intc@8000000: reg: want a distributor of at least 0x10000 bytes, and redistributors"));
	other = dev;
	other.region[1].size = 0x10000;
	CHECK(ukd_driver_gicv3.probe(&other, NULL) == -EINVAL);
	CHECK(fake_logged("reg: entry 1: 0x10000 bytes, wanted at least 0x20000 for a redistributor"));
	CHECK(fake_write_count == 0 && !fake_irqchip);
}

static void probe_refuses_a_cpu_without_system_registers(void)
{
	start(8);
	pfr0 = 0x11;
	CHECK(probe() == -ENOTSUP);
	CHECK(fake_write_count == 0);
	CHECK(fake_logged("err: /intc@8000000: ID_AA64PFR0_EL1.GIC: 0, wanted system registers"));

	start(8);
	is_sre_stuck = 1;
	CHECK(probe() == -ENOTSUP);
	CHECK(fake_logged("err: /intc@8000000: ICC_SRE_EL1.SRE: 0 after it was set"));
	CHECK(!fake_irqchip && fake_log_count == 1);
	is_sre_stuck = 0;
	CHECK(probe() == 0);	/* nothing of the failure stays */
}

static void what_never_settles_is_named(void)
{
	start(8);
	is_gicd_busy = 1;
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_logged("err: /intc@8000000: GICD_CTLR.RWP: 1 for 100000 us, wanted 0"));
	CHECK(fake_time_us() >= 100000 && fake_time_us() < 110000);

	start(8);
	is_gicr_busy = 1;
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_logged("GICR_CTLR.RWP: 1 for 100000 us"));
	CHECK(!(fake_peek(GICD + GICD_CTLR) & GICD_CTLR_ENABLEGRP));

	start(8);
	is_asleep = 1;
	CHECK(probe() == -ETIMEDOUT);
	CHECK(fake_logged("GICR_WAKER.ChildrenAsleep: 1 for 100000 us"));
	CHECK(fake_log_count == 1 && !fake_irqchip);
	is_asleep = 0;
	CHECK(probe() == 0);
}

/* Specifiers */

static int translate4(uint32_t type, uint32_t number, uint32_t flags,
		      uint32_t partition, unsigned int count,
		      struct ukd_irq *irq)
{
	const uint32_t cell[5] = {
		ukd_be32(type), ukd_be32(number), ukd_be32(flags),
		ukd_be32(partition), ukd_be32(7),
	};

	return ukd_irq_translate(cell, count, irq);
}

static int translate(uint32_t type, uint32_t number, uint32_t flags,
		     struct ukd_irq *irq)
{
	return translate4(type, number, flags, 0x8001, 3, irq);
}

static void translate_follows_the_binding(void)
{
	struct ukd_irq irq = { 0 };

	start(8);
	CHECK(probe() == 0);
	CHECK(translate(0, 1, 4, &irq) == 0);
	CHECK(irq.number == 33 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(0, 255, 1, &irq) == 0);
	CHECK(irq.number == 287 && irq.trigger == UKD_IRQ_EDGE);
	CHECK(translate(1, 11, 4, &irq) == 0);
	CHECK(irq.number == 27 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(1, 15, 0xf08, &irq) == 0);
	CHECK(irq.number == 31 && irq.trigger == UKD_IRQ_LEVEL);
	CHECK(translate(1, 0, 2, &irq) == 0);
	CHECK(irq.number == 16 && irq.trigger == UKD_IRQ_EDGE);
	CHECK(translate4(0, 2, 4, 0, 4, &irq) == 0 && irq.number == 34);
	CHECK(translate4(1, 2, 4, 0, 5, &irq) == 0 && irq.number == 18);

	CHECK(translate(0, 256, 4, &irq) == -ERANGE);
	CHECK(translate(0, UINT32_MAX, 4, &irq) == -ERANGE);
	CHECK(translate(0, UINT32_MAX - 30, 4, &irq) == -ERANGE);
	CHECK(translate(1, 16, 4, &irq) == -ERANGE);
	CHECK(translate(4, 0, 4, &irq) == -EINVAL);
	CHECK(translate(0, 0, 0, &irq) == -EINVAL);
	CHECK(translate(0, 0, 2, &irq) == -EINVAL);
	CHECK(translate(0, 0, 8, &irq) == -EINVAL);
	CHECK(translate(1, 0, 5, &irq) == -EINVAL);
	CHECK(translate4(0, 0, 4, 1, 4, &irq) == -EINVAL);
	CHECK(translate4(0, 0, 4, 0, 2, &irq) == -EINVAL);
	CHECK(fake_log_count == 0);
}

static void translate_says_what_it_leaves_out(void)
{
	struct ukd_irq irq;

	start(8);
	CHECK(probe() == 0);
	CHECK(translate(2, 5, 4, &irq) == -ENOTSUP);
	CHECK(translate(3, 6, 4, &irq) == -ENOTSUP);
	CHECK(fake_logged("warn: /intc@8000000: interrupt of type 3, number 6: neither extended ranges nor partitions"));
	CHECK(translate4(1, 7, 4, 0x8001, 4, &irq) == -ENOTSUP);
	CHECK(fake_log_count == 3);
}

static void translate_stops_at_the_end_of_the_architecture(void)
{
	struct ukd_irq irq;

	start(31);
	CHECK(probe() == 0);
	CHECK(translate(0, 987, 4, &irq) == 0 && irq.number == 1019);
	CHECK(translate(0, 988, 4, &irq) == -ERANGE);
}

/* Operations */

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
	CHECK(fake_write_count == writes && sgi_count == 0);
}

static void mask_and_unmask_are_one_bit(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
	CHECK(fake_irqchip->unmask(fake_self, 287) == 0);
	CHECK(fake_irqchip->unmask(fake_self, 27) == 0);
	CHECK(fake_peek(GICD + 0x104) == 1U << 1);
	CHECK(fake_peek(GICD + 0x120) == 1U << 31);
	CHECK(fake_peek(SGI + 0x100) == 1U << 27);
	CHECK(fake_irqchip->mask(fake_self, 33) == 0);
	CHECK(gicd_busy == 0);	/* waited for */
	CHECK(fake_irqchip->mask(fake_self, 27) == 0);
	CHECK(gicr_busy == 0);
	CHECK(fake_peek(GICD + 0x104) == 0);
	CHECK(fake_peek(GICD + 0x120) == 1U << 31);
	CHECK(fake_peek(SGI + 0x100) == 0);
}

static void a_mask_that_never_settles_is_named(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
	is_gicd_busy = is_gicr_busy = 1;
	CHECK(fake_irqchip->mask(fake_self, 33) == -ETIMEDOUT);
	CHECK(fake_logged("err: /intc@8000000: GICD_CTLR.RWP: 1 for"));
	CHECK(fake_irqchip->mask(fake_self, 27) == -ETIMEDOUT);
	CHECK(fake_logged("err: /intc@8000000: GICR_CTLR.RWP: 1 for"));
	CHECK(fake_irqchip->set_trigger(fake_self, 34, UKD_IRQ_EDGE) ==
	      -ETIMEDOUT);
	CHECK(fake_peek(GICD + 0xc08) == 0);
}

static void trigger_changes_while_disabled_and_comes_back(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->unmask(fake_self, 35) == 0);
	CHECK(fake_irqchip->unmask(fake_self, 27) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 35, UKD_IRQ_EDGE) == 0);
	CHECK(fake_peek(GICD + 0xc08) == 2U << 6);
	CHECK(fake_peek(GICD + 0x104) == 1U << 3);
	CHECK(fake_irqchip->set_trigger(fake_self, 36, UKD_IRQ_EDGE) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 35, UKD_IRQ_LEVEL) == 0);
	CHECK(fake_peek(GICD + 0xc08) == 2U << 8);
	CHECK(fake_peek(GICD + 0x104) == 1U << 3);
	CHECK(fake_irqchip->set_trigger(fake_self, 27, UKD_IRQ_EDGE) == 0);
	CHECK(fake_peek(SGI + 0xc04) == 2U << 22);
	CHECK(fake_peek(SGI + 0x100) == 1U << 27);
	CHECK(fake_irqchip->set_trigger(fake_self, 3, UKD_IRQ_EDGE) == 0);
	CHECK(fake_irqchip->set_trigger(fake_self, 3, UKD_IRQ_LEVEL) ==
	      -ENOTSUP);
}

static void priority_is_one_byte(void)
{
	start(8);
	CHECK(probe() == 0);
	CHECK(fake_irqchip->set_priority(fake_self, 33, 0x40) == 0);
	CHECK(fake_irqchip->set_priority(fake_self, 3, 0x20) == 0);
	CHECK(fake_peek(GICD + GICD_IPRIORITYR(32)) == 0xa0a040a0);
	CHECK(fake_peek(SGI + GICD_IPRIORITYR(0)) == 0x20a0a0a0);
}

static void raise_targets_the_calling_cpu(void)
{
	start(8);
	CHECK(probe() == 0);
	mpidr = 0x0000001281345678;	/* whichever it is by now */
	CHECK(fake_irqchip->raise(fake_self, 15) == 0);
	CHECK(sgi == (0x12ULL << 48 | 0x34ULL << 32 | 0x56ULL << 16 |
		      7ULL << 44 | 15ULL << 24 | 1U << 8));
	mpidr = 0x80000000;
	CHECK(fake_irqchip->raise(fake_self, 0) == 0);
	CHECK(sgi == 1);
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
	iar = 27;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(dispatched == 27 && ended == 27 && end_count == 1);
	CHECK(fake_irq_count == 1);	/* one a call */
}

static void handle_ignores_what_is_no_interrupt(void)
{
	start(31);
	CHECK(probe() == 0);
	for (iar = 1020; iar < 1024; iar++) {
		uint64_t number = iar;

		fake_irqchip->handle(fake_context, fake_self);
		iar = number;
	}
	CHECK(fake_irq_count == 0 && end_count == 0);
	iar = 1019;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(fake_irq_count == 1 && ended == 1019);
	iar = 1024;	/* an interrupt all the same: it has to be ended */
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(fake_irq_count == 2 && ended == 1024);
}

/* What must not be overtaken: by whom is said in the driver. */
static void barriers_are_where_they_belong(void)
{
	start(8);
	CHECK(probe() == 0);
	settle_reads = 0;
	fake_forget_events();
	CHECK(fake_irqchip->mask(fake_self, 33) == 0);
	CHECK(!strcmp(fake_events(), "wrb"));
	fake_forget_events();
	CHECK(fake_irqchip->unmask(fake_self, 33) == 0);
	CHECK(!strcmp(fake_events(), "bw"));
	fake_forget_events();
	CHECK(fake_irqchip->raise(fake_self, 1) == 0);
	CHECK(!strcmp(fake_events(), "bsi"));
	fake_forget_events();
	iar = 33;
	fake_irqchip->handle(fake_context, fake_self);
	CHECK(!strcmp(fake_events(), "bdbs"));
	fake_forget_events();
	CHECK(gicv3_start_cpu(&gicv3_only) == 0);
	CHECK(!strcmp(fake_events(), "sisssisi"));
}

/* A line that is stuck comes back at once: each call takes it once and ends. */
static void handle_ends_in_a_storm(void)
{
	unsigned int i;

	start(8);
	CHECK(probe() == 0);
	fake_write_count = fake_read_count = 0;
	for (i = 1; i <= FAKE_STORM; i++) {
		iar = 33;
		fake_irqchip->handle(fake_context, fake_self);
		CHECK(fake_irq_count == i && end_count == i && ended == 33);
	}
	CHECK(fake_write_count == 0 && fake_read_count == 0);
	CHECK(fake_log_count == 0);
}

static void a_controller_that_the_host_refuses_is_not_kept(void)
{
	start(8);
	fake_add_rc = -EBUSY;
	CHECK(probe() == -EBUSY && !fake_irqchip);
	fake_add_rc = 0;
	CHECK(probe() == 0 && fake_irq_limit == 288 && fake_log_count == 0);
}

int main(void)
{
	probe_sets_every_interrupt_up();
	probe_starts_the_cpu_last();
	probe_takes_over_from_a_loader();
	probe_writes_nothing_past_the_last_interrupt();
	probe_works_from_the_non_secure_state();
	probe_takes_the_secure_group_in_the_secure_state();
	probe_leaves_another_version_alone();
	probe_refuses_regions_that_are_missing_or_short();
	probe_refuses_a_cpu_without_system_registers();
	what_never_settles_is_named();
	translate_follows_the_binding();
	translate_says_what_it_leaves_out();
	translate_stops_at_the_end_of_the_architecture();
	numbers_out_of_range_touch_nothing();
	mask_and_unmask_are_one_bit();
	a_mask_that_never_settles_is_named();
	trigger_changes_while_disabled_and_comes_back();
	priority_is_one_byte();
	raise_targets_the_calling_cpu();
	handle_ends_what_it_took();
	handle_ignores_what_is_no_interrupt();
	barriers_are_where_they_belong();
	handle_ends_in_a_storm();
	a_controller_that_the_host_refuses_is_not_kept();
	return fake_report();
}
