/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The property names that the pass over the tree looks at.
 *
 * Source: Devicetree Specification v0.4, 2.3 (standard properties), 2.4.1
 * (interrupts), 3.4 (memory nodes), 3.6 (/chosen).
 */

#include "scan.h"

static const char *const text_by_name[UKD_NAME_COUNT] = {
	[UKD_NAME_OTHER] = "",
	[UKD_NAME_ADDRESS_CELLS] = "#address-cells",
	[UKD_NAME_COMPATIBLE] = "compatible",
	[UKD_NAME_DEVICE_TYPE] = "device_type",
	[UKD_NAME_INTERRUPT_PARENT] = "interrupt-parent",
	[UKD_NAME_INTERRUPTS] = "interrupts",
	[UKD_NAME_INTERRUPTS_EXTENDED] = "interrupts-extended",
	[UKD_NAME_MODEL] = "model",
	[UKD_NAME_PHANDLE] = "phandle",
	[UKD_NAME_REG] = "reg",
	[UKD_NAME_STATUS] = "status",
	[UKD_NAME_STDOUT_PATH] = "stdout-path",
};

/* The one of three that has the length of the text. */
static enum ukd_name of_interrupts(const char *text)
{
	switch (ukd_length(text, sizeof("interrupts-extended"))) {
	case sizeof("interrupts") - 1:
		return UKD_NAME_INTERRUPTS;
	case sizeof("interrupt-parent") - 1:
		return UKD_NAME_INTERRUPT_PARENT;
	default:
		return UKD_NAME_INTERRUPTS_EXTENDED;
	}
}

/* The one name that begins as the text does. */
static enum ukd_name candidate(const char *text)
{
	switch (text[0]) {
	case '#':
		return UKD_NAME_ADDRESS_CELLS;
	case 'c':
		return UKD_NAME_COMPATIBLE;
	case 'd':
		return UKD_NAME_DEVICE_TYPE;
	case 'i':
		return of_interrupts(text);
	case 'm':
		return UKD_NAME_MODEL;
	case 'p':
		return UKD_NAME_PHANDLE;
	case 'r':
		return UKD_NAME_REG;
	case 's':
		return text[1] == 't' && text[2] == 'd' ? UKD_NAME_STDOUT_PATH
							: UKD_NAME_STATUS;
	default:
		return UKD_NAME_OTHER;
	}
}

enum ukd_name ukd_name_of(const char *text)
{
	enum ukd_name name = candidate(text);

	return ukd_same(text, text_by_name[name]) ? name : UKD_NAME_OTHER;
}
