/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interrupt controller through the host's interface, on QEMU's virt
 * machine with a GICv2 or a GICv3.
 *
 * To be run with `-icount shift=0`: else the storm is faster than the host.
 */

#include "irq_test.h"

#include <stddef.h>
#include <stdio.h>
#include <uk/arch/sysreg.h>
#include <ukd/barrier.h>

#define STORM		100000U	/* timer interrupts */
#define STORM_TICKS	24U	/* from one to the next: 384 ns in QEMU */

/* Test: none lost */

static volatile unsigned int late, early;
static uint64_t due;

/* Each is for its own time only while it comes before the next one's. */
static bool next_in_storm(void *arg)
{
	uint64_t now;

	(void)arg;
	ukd_isb();
	now = uk_read_cntpct_el0();
	if (now < due)
		early++;
	else if (now >= due + STORM_TICKS)
		late++;
	test_count++;
	due += STORM_TICKS;
	if (test_count == STORM)
		uk_write_cntp_ctl_el0(0);
	else
		uk_write_cntp_cval_el0(due);
	return true;
}

static void a_storm_loses_none(void)
{
	uint64_t start, end;

	check_begin("storm");
	CHECK(!test_take(&test_timer, next_in_storm));
	start = uk_read_cntpct_el0() + 1000;
	end = start + (uint64_t)STORM * STORM_TICKS;
	due = start;
	uk_write_cntp_cval_el0(due);
	uk_write_cntp_ctl_el0(UK_CNT_CTL_ENABLE);
	while (test_count < STORM && uk_read_cntpct_el0() < end + 1000)
		ukd_isb();
	printf("storm: %u of %u interrupts, %u early, %u late\n", test_count,
	       STORM, early, late);
	CHECK(test_count == STORM && !early && !late);
	CHECK(test_came(STORM));
	CHECK(!test_leave(&test_timer, next_in_storm));
}

int main(void)
{
	sgi_comes_when_raised();
	ppi_comes_when_its_timer_expires();
	spi_comes_when_pending();
	level_comes_until_its_device_lets_go();
	edge_comes_once_each_time_it_rises();
	edge_while_served_comes_after();
	trigger_is_what_was_set();
	masked_waits_until_unmasked();
	private_masked_waits_until_unmasked();
	detached_does_not_come();
	more_urgent_comes_first();
	a_shared_line_calls_all();
	what_went_away_is_ignored();
	numbers_out_of_range_are_refused();
	nobodys_is_named_and_masked();
	unclaimed_is_named_and_masked();
	a_storm_loses_none();
	return check_report();
}
