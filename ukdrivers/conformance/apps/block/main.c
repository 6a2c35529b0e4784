/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Disks. What the class promises is checked on all of them; then each one's
 * first sector, as it was, says what to do with it, and a seed:
 *
 *   fill N   write all of it, flush, read it back in another order
 *   hold N   write all of it, flush, say so, and don't end
 *   lose N   the same without the flush
 *
 * One that was filled before is read.
 */

#include "checks.h"
#include "work.h"

#include "../common/check.h"

#include <stdio.h>
#include <string.h>
#include <uk/alloc.h>

#define DISKS_MAX	8U
#define PLAN_BYTES	4U

static struct work works[DISKS_MAX];
static char plans[DISKS_MAX][PLAN_BYTES + 1];
static unsigned int count;

static bool is(const struct work *work, const char *plan)
{
	return !strcmp(work->plan, plan);
}

static void introduce(const struct work *work)
{
	const struct ukd_block_info *info = uk_block_info(work->disk);

	printf("disk %u: sectors %lu of %u, physical %u from %u, at most %u, requests %u%s%s\n",
	       work->index, info->sectors, info->sector_bytes,
	       info->physical_bytes, info->alignment_sectors,
	       info->sectors_max, info->requests_max,
	       info->is_read_only ? ", read-only" : "",
	       info->can_flush ? ", flush" : "");
}

static void take_plan(struct work *work, const char *sector)
{
	const char *digit = sector + PLAN_BYTES + 1;
	char *plan = plans[work->index];

	work->plan = plan;
	if (sector[PLAN_BYTES] != ' ') {	/* a number: it was filled */
		memcpy(plan, "read", PLAN_BYTES);
		memcpy(&work->seed, sector, sizeof(work->seed));
		work->seed >>= 48;
		return;
	}
	memcpy(plan, sector, PLAN_BYTES);
	for (; *digit >= '0' && *digit <= '9'; digit++)
		work->seed = work->seed * 10 + (uint64_t)(*digit - '0');
}

static bool read_plan(struct work *work)
{
	const struct ukd_block_info *info = uk_block_info(work->disk);
	char *sector = memalign(4096, info->sector_bytes);
	int rc;

	if (!sector)
		return false;
	rc = uk_block_read(work->disk, 0, 1, sector);
	if (rc) {
		printf("disk %u: first sector %d\n", work->index, rc);
		return false;
	}
	take_plan(work, sector);
	free(sector);
	return true;
}

static bool open_all(void)
{
	struct uk_block *disk;

	for (; count < DISKS_MAX && (disk = uk_block(count)); count++) {
		struct work *work = &works[count];
		int rc;

		work->disk = disk;
		work->index = count;
		introduce(work);
		rc = uk_block_open(disk);
		if (rc)
			printf("disk %u: open %d\n", count, rc);
		if (rc || !read_plan(work) ||
		    !work_make(work, uk_block_info(disk)->requests_max))
			return false;
	}
	return true;
}

/* All disks at once; whichever has nothing to do is waited for last. */
static void run(bool is_write)
{
	unsigned int i, busy = 1;

	for (i = 0; i < count; i++) {
		if (is_write != is(&works[i], "read"))
			work_begin(&works[i], is_write);
	}
	while (busy) {
		struct work *left = NULL;

		for (i = 0, busy = 0; i < count; i++) {
			if (!is_write && (is(&works[i], "hold") ||
					  is(&works[i], "lose")))
				continue;
			if (works[i].finished < works[i].pieces &&
			    !works[i].errors && work_step(&works[i])) {
				left = &works[i];
				busy++;
			}
		}
		if (left)
			uk_block_wait(left->disk);
	}
}

static void report(const char *what)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		printf("disk %u: %s, %u pieces, %lu errors, %u in flight\n", i,
		       what, works[i].finished, works[i].errors,
		       works[i].in_flight_max);
}

static bool has_to_hold(void)
{
	bool is_held = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (is(&works[i], "fill") || is(&works[i], "hold"))
			printf("disk %u: flush %d\n", i,
			       uk_block_flush(works[i].disk));
		is_held |= is(&works[i], "hold") || is(&works[i], "lose");
	}
	return is_held;
}

static void check(void)
{
	struct uk_block *disk[DISKS_MAX];
	unsigned int i;

	for (i = 0; i < count; i++)
		disk[i] = works[i].disk;
	check_disks(disk, count);
}

/* What was written is right, as far as it can be seen from here. */
static void check_filled(void)
{
	unsigned int i;

	check_begin("any-order");
	for (i = 0; i < count; i++) {
		WANT(works[i].errors, 0);
		WANT(works[i].finished, works[i].pieces);
	}
	check_end();
}

int main(void)
{
	if (!open_all())
		return 1;
	check();
	run(true);
	report("written");
	if (has_to_hold()) {
		printf("holding\n");
		for (;;)
			;
	}
	run(false);
	report("compared");
	check_filled();
	printf("blocks: %u disks\n", count);
	return check_report();
}
