/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A GICv3 with a CPU interface, for the tests beside: the driver itself, a fake
 * of both, and start(). It checks what the architecture forbids.
 */
#ifndef GICV3_FAKE_H
#define GICV3_FAKE_H

#include "../ukdriver_gicv3/c/gicv3.c"

#include <fake.h>
#include <string.h>

#define GICD	0x8000000UL
#define GICR	0x80a0000UL
#define SGI	(GICR + 0x10000)	/* frame of the first redistributor */
#define OTHER	0x9000000UL		/* a second region */

static const unsigned char node;	/* any: there is one */

static const struct ukd_device dev = {
	.path = "/intc@8000000",
	.region = { { GICD, 0x10000 }, { GICR, 0x80000 } },
	.region_count = 2,
	.node = &node,
};

/* How this machine is */
static uint64_t mpidr;
static uint64_t pfr0;
static int has_two_states;	/* GICD_CTLR.DS == 0 */
static int is_access_secure;
static int is_sre_stuck;	/* at 0 */
static int is_gicd_busy, is_gicr_busy, is_asleep;	/* for ever */
static unsigned int settle_reads;	/* RWP is 1 for so many, from a write on */
static uint64_t iar;		/* what the next read of it gives */

/* What the driver did */
static uint64_t icc[8];
static unsigned int enabled_at;	/* writes so far when ICC_IGRPEN1 was set */
static uint64_t sgi, ended;
static unsigned int sgi_count, end_count;
static unsigned int gicd_busy, gicr_busy;

enum { SRE, PMR, BPR1, CTLR, IGRPEN1 };

static const char *const icc_names[] = {
	"ICC_SRE_EL1", "ICC_PMR_EL1", "ICC_BPR1_EL1", "ICC_CTLR_EL1",
	"ICC_IGRPEN1_EL1",
};

static uint64_t *icc_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(icc_names) / sizeof(*icc_names); i++) {
		if (!strcmp(name, icc_names[i]))
			return &icc[i];
	}
	CHECK(!"a system register that the driver has no business with");
	return &icc[7];
}

static uint64_t on_sysreg_read(const char *name)
{
	if (!strcmp(name, "MPIDR_EL1"))
		return mpidr;
	if (!strcmp(name, "ID_AA64PFR0_EL1"))
		return pfr0;
	if (!strcmp(name, "ICC_IAR1_EL1")) {
		uint64_t value = iar;

		iar = 1023;
		return value;
	}
	CHECK(pfr0 >> 24 & 0xf);	/* undefined without the interface */
	return *icc_of(name);
}

static void on_sysreg_write(const char *name, uint64_t value)
{
	CHECK(pfr0 >> 24 & 0xf);
	if (!strcmp(name, "ICC_SGI1R_EL1")) {
		sgi = value;
		sgi_count++;
		return;
	}
	if (!strcmp(name, "ICC_EOIR1_EL1")) {
		ended = value;
		end_count++;
		return;
	}
	if (icc_of(name) == &icc[SRE] && is_sre_stuck)
		value &= ~1ULL;
	if (icc_of(name) != &icc[SRE])
		CHECK(icc[SRE] & 1);
	if (icc_of(name) == &icc[IGRPEN1])
		enabled_at = fake_write_count;
	*icc_of(name) = value;
}

static uint64_t on_read(uintptr_t address, unsigned int bytes, uint64_t value)
{
	CHECK(bytes == (address % 0x10000 == GICR_TYPER && address >= GICR ? 8
									   : 4));
	if (address == GICD + GICD_CTLR) {
		int is_busy = is_gicd_busy || gicd_busy;

		gicd_busy -= gicd_busy ? 1 : 0;
		return value | (has_two_states ? 0 : GICD_CTLR_DS) |
		       (is_busy ? GICD_CTLR_RWP : 0);
	}
	if (address == GICR + GICR_CTLR) {
		int is_busy = is_gicr_busy || gicr_busy;

		gicr_busy -= gicr_busy ? 1 : 0;
		return value | (is_busy ? GICR_CTLR_RWP : 0);
	}
	if (address == GICR + GICR_WAKER && is_asleep)
		return value | GICR_WAKER_CHILDRENASLEEP;
	if (address == GICR + GICR_WAKER && !(value & 2))
		return 0;	/* the children wake with it */
	return value;
}

static int is_private(uintptr_t address)
{
	return address >= SGI && address < SGI + 0x10000;
}

static uint64_t on_ctlr(uint64_t value)
{
	uint32_t before = fake_peek(GICD + GICD_CTLR);

	CHECK(!(value & GICD_CTLR_RWP));
	/* ARE changes with the groups off, and is never taken away */
	CHECK(!((value ^ before) & GICD_CTLR_ARE) ||
	      !((value | before) & GICD_CTLR_ENABLEGRP));
	CHECK(value & GICD_CTLR_ARE || !(before & GICD_CTLR_ARE));
	gicd_busy = settle_reads;
	return value;
}

/* Groups: as seen from this state. */
static int is_group(uintptr_t offset)
{
	return (offset >= 0x80 && offset < 0x100) ||
	       (offset >= 0xd00 && offset < 0xd80);
}

/* Set and clear registers act on one another's words. */
static uint64_t on_write(uintptr_t address, unsigned int bytes, uint64_t value)
{
	uintptr_t offset = is_private(address) ? address - SGI : address - GICD;

	if (address == GICD + GICD_CTLR)
		return on_ctlr(value);
	if (is_private(address))
		CHECK(offset < 0xd04 && fake_peek(GICD) & GICD_CTLR_ARE);
	else if (offset < 0x10000)	/* of private interrupts: not here */
		CHECK(offset != GICD_ICENABLER(0) && offset != GICD_IGROUPR(0) &&
		      offset != GICD_ICFGR(16) && offset != GICD_IPRIORITYR(31));
	CHECK(bytes == 4 || (bytes == 1 && offset >= 0x400 && offset < 0x800) ||
	      (bytes == 8 && offset >= 0x6100 && offset < 0x7fe0));

	if (is_group(offset) && has_two_states && !is_access_secure)
		return 0;
	if (offset >= 0x100 && offset < 0x180) {
		value |= fake_peek(address);
		fake_poke(address + 0x80, (uint32_t)value);
	} else if (offset >= 0x180 && offset < 0x200) {
		value = fake_peek(address) & ~value;
		fake_poke(address - 0x80, (uint32_t)value);
		gicd_busy = is_private(address) ? gicd_busy : settle_reads;
		gicr_busy = is_private(address) ? settle_reads : gicr_busy;
	} else if (offset >= 0xc00 && offset < 0xd00) {
		/* an interrupt's trigger changes while it is off and settled */
		uint32_t changed = (uint32_t)value ^ fake_peek(address);
		uint32_t first = (uint32_t)(offset - 0xc00) * 4, i;

		CHECK(!changed || !(is_private(address) ? gicr_busy : gicd_busy));
		for (i = 0; i < 16; i++)
			CHECK(!(changed >> (2 * i) & 3) ||
			      !(fake_peek(address - offset +
					  GICD_ISENABLER(first)) >>
				(first + i) % 32 & 1));
	}
	return value;
}

/* A redistributor: its flags, the affinity of its CPU. */
static void redistributor(uintptr_t base, uint32_t flags, uint32_t affinity)
{
	fake_poke(base + GICV3_PIDR2, 0x3b);
	fake_poke(base + GICR_TYPER, flags);
	fake_poke(base + GICR_TYPER + 4, affinity);
}

static void start(uint32_t line_words)
{
	fake_reset();
	memset(&gicv3_only, 0, sizeof(gicv3_only));
	fake_map(GICD, 0x10000);
	fake_map(GICR, 0x80000);
	fake_poke(GICD + GICV3_PIDR2, 0x3b);
	fake_poke(GICD + GICD_TYPER, line_words);
	redistributor(GICR, GICR_TYPER_LAST, 0);
	fake_poke(GICR + GICR_WAKER, 6);
	fake_on_read = on_read;
	fake_on_write = on_write;
	fake_on_sysreg_read = on_sysreg_read;
	fake_on_sysreg_write = on_sysreg_write;
	mpidr = 0x80000000;
	pfr0 = 0x01000011;
	has_two_states = is_access_secure = is_sre_stuck = 0;
	is_gicd_busy = is_gicr_busy = is_asleep = 0;
	gicd_busy = gicr_busy = 0;
	settle_reads = 3;
	iar = 1023;
	memset(icc, 0, sizeof(icc));
	enabled_at = 0;
	sgi_count = end_count = 0;
}

static int probe(void)
{
	return ukd_driver_gicv3.probe(&dev, NULL);
}

#endif /* GICV3_FAKE_H */
