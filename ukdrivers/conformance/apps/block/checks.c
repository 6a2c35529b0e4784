/* SPDX-License-Identifier: BSD-3-Clause */
/* The checks of disks, in order. */

#include "checks.h"

#include "../common/check.h"

static const struct {
	const char *name;
	void (*check)(struct uk_block *disk);
} checks[] = {
	{ "limits", check_limits },
	{ "out-of-range", check_refusals },
	{ "part-of-a-list", check_part_of_a_list },
	{ "read-only", check_read_only },
	{ "in-flight", check_full },
	{ "interrupts", check_interrupts },
	{ "sizes", check_sizes },
	{ "alignments", check_alignments },
	{ "neighbours", check_neighbours },
	{ "flush", check_flush },
	{ "stop", check_stop },
};

void check_disks(struct uk_block *const *disk, unsigned int count)
{
	unsigned int i, each;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		check_begin(checks[i].name);
		for (each = 0; each < count; each++)
			checks[i].check(disk[each]);
	}
	check_end();
}
