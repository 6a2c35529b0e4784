/* SPDX-License-Identifier: BSD-3-Clause */
/* Which redistributor is taken, and from which nodes. */
#include "../ukdriver_gicv3/c/gicv3_regs.h"

/* So few that a test can have more of them. */
#undef GICR_COUNT_MAX
#define GICR_COUNT_MAX	5U

#include "gicv3_fake.h"

static void find_follows_the_affinity(void)
{
	start(8);
	mpidr = 0x0000000181000203;	/* 1.0.2.3; bits 31 and 24 are flags */
	redistributor(GICR, 0, 0x02000203);
	redistributor(GICR + 0x20000, 0, 0x01000203);
	redistributor(GICR + 0x40000, GICR_TYPER_LAST, 0);
	CHECK(gicv3_find(&gicv3_only, &dev) == 0);
	CHECK(gicv3_only.gicr == GICR + 0x20000);
}

static void find_ends_with_the_last(void)
{
	start(8);
	mpidr = 1;
	redistributor(GICR, GICR_TYPER_LAST, 0);
	redistributor(GICR + 0x20000, GICR_TYPER_LAST, 1);
	CHECK(probe() == -ERANGE);
	CHECK(fake_logged("err: /intc@8000000: reg: no redistributor with the affinity 0x1 of this CPU"));
	CHECK(fake_write_count == 0 && fake_log_count == 1);
}

/* The registers end there, so one look beyond would end the test. */
static void find_ends_with_the_region(void)
{
	struct ukd_device other = dev;
	unsigned int i;

	start(8);
	mpidr = 9;
	for (i = 0; i < 4; i++)
		redistributor(GICR + i * 0x20000, 0, i);
	CHECK(probe() == -ERANGE);
	other.region[1].size = 0x7ffff;
	mpidr = 3;
	CHECK(ukd_driver_gicv3.probe(&other, NULL) == -ERANGE);
	redistributor(GICR, GICR_TYPER_VLPIS, 0);
	redistributor(GICR + 0x40000, GICR_TYPER_VLPIS, 1);
	CHECK(ukd_driver_gicv3.probe(&other, NULL) == -ERANGE);
}

static void find_ends_after_as_many_as_there_can_be(void)
{
	struct ukd_device other = dev;
	unsigned int i;

	start(8);
	fake_map(OTHER, 6 * 0x20000);
	other.region[1] = (struct ukd_region){ OTHER, 6 * 0x20000 };
	for (i = 0; i < 6; i++)
		redistributor(OTHER + i * 0x20000, 0, i);
	mpidr = 4;
	CHECK(gicv3_find(&gicv3_only, &other) == 0);
	CHECK(gicv3_only.gicr == OTHER + 4 * 0x20000);
	mpidr = 5;
	CHECK(gicv3_find(&gicv3_only, &other) == -ERANGE);
}

static void find_ends_where_nothing_is(void)
{
	start(8);
	fake_poke(GICR + GICV3_PIDR2, 0);	/* zeros would be CPU 0's */
	fake_poke(GICR + GICR_TYPER, 0);
	CHECK(probe() == -ERANGE);
	start(8);
	fake_poke(GICR + GICV3_PIDR2, UINT32_MAX);
	mpidr = 0xff80ffffff;
	redistributor(GICR + 0x20000, 0, UINT32_MAX);
	CHECK(probe() == -ERANGE);
}

static void find_follows_the_stride(void)
{
	const uint32_t stride[2] = { 0, ukd_be32(0x30000) };

	start(8);	/* its own: four frames with virtual LPIs */
	mpidr = 1;
	redistributor(GICR, GICR_TYPER_VLPIS, 0);
	redistributor(GICR + 0x40000, GICR_TYPER_LAST, 1);
	CHECK(gicv3_find(&gicv3_only, &dev) == 0);
	CHECK(gicv3_only.gicr == GICR + 0x40000);

	start(8);	/* the node's */
	mpidr = 1;
	redistributor(GICR, 0, 0);
	redistributor(GICR + 0x30000, GICR_TYPER_LAST, 1);
	fake_property("redistributor-stride", stride, sizeof(stride));
	CHECK(gicv3_find(&gicv3_only, &dev) == 0);
	CHECK(gicv3_only.gicr == GICR + 0x30000);
}

static void a_stride_that_breaks_the_binding_is_refused(void)
{
	static const uint32_t strides[] = { 0x1000, 0x10000, 0x28000 };
	uint32_t stride[2] = { 0, 0 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		start(8);
		stride[1] = ukd_be32(strides[i]);
		fake_property("redistributor-stride", stride, 8);
		CHECK(probe() == -EINVAL);
		CHECK(fake_logged("err: /intc@8000000: #redistributor-regions 1, redistributor-stride 0x"));
	}
	start(8);
	fake_property("redistributor-stride", stride, 4);
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("redistributor-stride: 4 bytes, wanted 8"));

	start(8);	/* one that leads beyond any address */
	mpidr = 1;
	stride[0] = ukd_be32(0xffffffff);
	stride[1] = ukd_be32(0xffff0000);
	fake_property("redistributor-stride", stride, 8);
	redistributor(GICR, 0, 0);
	CHECK(probe() == -ERANGE);
}

static void find_looks_through_every_region(void)
{
	struct ukd_region reg[9];
	uint32_t regions = ukd_be32(8);
	struct ukd_device other = dev;
	unsigned int i;

	start(8);
	reg[0] = dev.region[0];
	for (i = 1; i < 9; i++) {
		reg[i] = (struct ukd_region){ OTHER + i * 0x20000, 0x20000 };
		if (i < UKD_REGIONS_MAX)
			other.region[i] = reg[i];
	}
	other.region_count = UKD_REGIONS_MAX;
	fake_map(OTHER, 0x200000);
	for (i = 1; i < 9; i++)
		redistributor(OTHER + i * 0x20000, GICR_TYPER_LAST, i);
	fake_property("#redistributor-regions", &regions, 4);
	fake_reg(reg, 9);

	for (i = 1; i < 9; i++) {
		mpidr = i;
		CHECK(gicv3_find(&gicv3_only, &other) == 0);
		CHECK(gicv3_only.gicr == OTHER + i * 0x20000);
	}
	mpidr = 9;
	CHECK(gicv3_find(&gicv3_only, &other) == -ERANGE);
	fake_reg(reg, 8);
	CHECK(gicv3_find(&gicv3_only, &other) == -EINVAL);
	CHECK(fake_logged("reg: entry 8: wanted redistributors"));
}

static void a_region_count_that_breaks_the_binding_is_refused(void)
{
	uint32_t regions = 0;

	start(8);
	mpidr = 1;
	fake_property("#redistributor-regions", &regions, 4);
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("#redistributor-regions 0, "));
	regions = UINT32_MAX;
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("reg: entry 2: wanted redistributors"));
	start(8);
	fake_property("#redistributor-regions", &regions, 2);
	CHECK(probe() == -EINVAL);
	CHECK(fake_logged("#redistributor-regions: 2 bytes, wanted 4"));
}

int main(void)
{
	find_follows_the_affinity();
	find_ends_with_the_last();
	find_ends_with_the_region();
	find_ends_after_as_many_as_there_can_be();
	find_ends_where_nothing_is();
	find_follows_the_stride();
	a_stride_that_breaks_the_binding_is_refused();
	find_looks_through_every_region();
	a_region_count_that_breaks_the_binding_is_refused();
	return fake_report();
}
