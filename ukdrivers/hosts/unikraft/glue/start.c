/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The start of the driver core: one pass over the boot device tree, and each
 * class probed when its turn comes.
 */

#include "glue.h"

#include <ukd/bits.h>
#include <ukd/log.h>

#include <uk/plat/common/bootinfo.h>

const struct ukd_tree *ukd_host_tree(void)
{
	static struct ukd_tree tree;
	static bool is_read;
	const void *blob;

	if (is_read)
		return &tree;
	is_read = true;

	/* The boot code has checked the header, and has the size from it. */
	blob = (const void *)ukplat_bootinfo_get()->dtb;
	if (!blob || ukd_scan(blob, SIZE_MAX, &tree))
		ukd_err(NULL, "device tree: %s", blob ? "malformed" : "none");
	return &tree;
}

void ukd_host_probe(enum ukd_class class)
{
	static uint32_t begun;

	if (begun & UKD_BIT(class))
		return;
	/* First, because a probe may log, and the log start a console. */
	begun |= UKD_BIT(class);
	ukd_host_tree();
	ukd_probe_classes(class, class);
}
