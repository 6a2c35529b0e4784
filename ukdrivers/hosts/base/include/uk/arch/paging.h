/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation tables: 48-bit addresses, 4 KiB granule, levels 0 to 3.
 *
 * For C, for assembly and for the linker script; hence no C in here.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, VMSAv8-64 translation
 * table descriptors; MAIR_EL1; TCR_EL1; SCTLR_EL1.
 */
#ifndef UK_ARCH_PAGING_H
#define UK_ARCH_PAGING_H

#include <uk/config.h>

#define UK_PAGE_SIZE		0x1000
#define UK_BLOCK_SIZE		0x200000	/* level 2 */
#define UK_GIB_SIZE		0x40000000	/* level 1 */
#define UK_LEVEL_0_SIZE		0x8000000000
#define UK_ENTRIES		512
#define UK_ADDRESS_BITS		48

/* Blocks that are mapped by pages, for the stacks of threads. */
#define UK_STACK_PAGES		(CONFIG_LIBUKTHREAD_STACK_PAGES + 1)
#define UK_PAGED_BLOCKS \
	((CONFIG_LIBUKTHREAD_COUNT * UK_STACK_PAGES + UK_ENTRIES - 1) / \
	 UK_ENTRIES)

/*
 * Tables there is room for, and how many of them mmu_on.S takes. Level 0, the
 * image, RAM and devices in the first GiB take five; a window elsewhere takes
 * one, or two beyond the first 512 GiB.
 */
#define UK_TABLE_COUNT		(24 + UK_PAGED_BLOCKS)
#define UK_TABLES_AT_BOOT	4

/* Descriptor kinds, bits 1:0. */
#define UK_VALID		0x1
#define UK_BLOCK		0x1
#define UK_TABLE		0x3
#define UK_PAGE			0x3

/* Invalid, as bit 0 is 0, but not 0: never to be filled. */
#define UK_GUARD		0x2

/* Fields of a block or page. */
#define UK_ATTR_DEVICE		(0 << 2)
#define UK_ATTR_NORMAL		(1 << 2)
#define UK_READ_ONLY		(1 << 7)	/* AP[2] */
#define UK_INNER_SHAREABLE	(3 << 8)
#define UK_ACCESSED		(1 << 10)	/* AF */
#define UK_NO_EXECUTE		0x0060000000000000	/* UXN, PXN */
#define UK_NO_USER_EXECUTE	0x0040000000000000	/* UXN */

#define UK_NORMAL	(UK_ATTR_NORMAL | UK_INNER_SHAREABLE | UK_ACCESSED)
#define UK_MAP_TEXT	(UK_NORMAL | UK_READ_ONLY | UK_NO_USER_EXECUTE)
#define UK_MAP_RODATA	(UK_NORMAL | UK_READ_ONLY | UK_NO_EXECUTE)
#define UK_MAP_DATA	(UK_NORMAL | UK_NO_EXECUTE)
#define UK_MAP_DEVICE	(UK_ATTR_DEVICE | UK_ACCESSED | UK_NO_EXECUTE)

/*
 * MAIR_EL1. 0: Device-nGnRnE, so that a configuration write to a PCI function
 * has arrived when the next instruction starts. 1: Normal, write-back.
 */
#define UK_MAIR			0xff00

/*
 * TCR_EL1 without IPS: T0SZ for 48 bits, table walks inner shareable and
 * write-back (so that tables need no cache maintenance), 4 KiB granule in both
 * halves, no walks for the upper half.
 */
#define UK_TCR	((64 - UK_ADDRESS_BITS) | (1 << 8) | (1 << 10) | (3 << 12) \
		 | (1 << 23) | (2 << 30))
#define UK_TCR_IPS_SHIFT	32
#define UK_TCR_IPS_48_BITS	5

/*
 * SCTLR_EL1. OFF: the bits that are 1 where their feature is missing, the
 * rest 0, so little-endian, MMU and caches off. ON adds M, C, SA, I, WXN.
 */
#define UK_SCTLR_OFF		0x30d00980
#define UK_SCTLR_ON		(UK_SCTLR_OFF | 0x0008100d)

#endif /* UK_ARCH_PAGING_H */
