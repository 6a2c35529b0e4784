/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way to the firmware, for a crash that comes before the platform looked
 * for it: without one it can only stop the CPU.
 *
 * Source: binding arm/psci.yaml.
 */

#include "glue.h"

#include <arm/smccc.h>
#include <libfdt.h>
#include <uk/plat/common/bootinfo.h>

/* Of the platform, which calls it to switch off. */
extern smccc_conduit_fn_t smccc_psci_call;

void ukd_host_find_firmware(void)
{
	const void *tree = (const void *)ukplat_bootinfo_get()->dtb;
	const char *method;
	int node;

	if (!tree)
		return;
	node = fdt_node_offset_by_compatible(tree, -1, "arm,psci-1.0");
	if (node < 0)
		node = fdt_node_offset_by_compatible(tree, -1, "arm,psci-0.2");
	method = fdt_getprop(tree, node, "method", NULL);
	if (method)
		smccc_psci_call = *method == 'h' ? smccc_hvc : smccc_smc;
}
