/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PCI core on machines that the input describes: what was handed on can be
 * reached and overlaps nothing, which model.c checks. Then the input is what
 * registers read as, and the scan has to end, that is all.
 */
#include "../pci/machines.h"

#include <fuzz.h>

/* Small machines: a scan looks at each slot of each bus. */
static const unsigned int functions_wanted = 10;

static uint32_t below(uint32_t limit)
{
	if (!fuzz_has_more())
		return 0;
	return limit > 65536 ? fuzz_word() % limit : fuzz_below(limit);
}

/* Any byte of any function's header, and which of its bits can be written. */
static void spoil(void)
{
	while (fuzz_has_more() && fuzz_byte()) {
		struct function *one = &functions[fuzz_below(function_count)];
		unsigned int offset = 4 + fuzz_below(252);

		one->config[offset] = fuzz_byte();
		one->writable[offset] = fuzz_byte();
	}
	on_access = fuzz_byte() & 1 ? scramble : NULL;
}

void fuzz_init(void)
{
}

void fuzz_one(void)
{
	bool is_noise = fuzz_byte() & 1;

	model_reset();
	if (is_noise) {
		last_bus = fuzz_byte() & 7;
		fill_bus(NULL, 3);
		spoil();
		model_noise();
	} else {
		make_machine();
		CHECK(model_scan() == 0);
	}
}
