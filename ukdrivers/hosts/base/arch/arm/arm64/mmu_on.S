/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MMU, with nothing but the image mapped.
 *
 * In assembly because there is no stack yet: one written with the MMU off
 * could be hidden by stale cache lines once it is on. All later entries are
 * added to invalid ones by plat/common/arm/mmu.c.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487: VMSAv8-64 translation
 *         table descriptors, MAIR_EL1, TCR_EL1, SCTLR_EL1, ID_AA64MMFR0_EL1.
 */
#include <uk/arch/paging.h>

#define LEVEL_0		uk_tables
#define LEVEL_1		(uk_tables + UK_PAGE_SIZE)
#define LEVEL_2		(uk_tables + 2 * UK_PAGE_SIZE)
#define LEVEL_3		(uk_tables + 3 * UK_PAGE_SIZE)

	.macro	pages first, end, attributes
	ldr	x1, =\first
	ldr	x2, =\end
	ldr	x3, =(\attributes)
	bl	map_pages
	.endm

	.text
	.global	uk_mmu_on
uk_mmu_on:
	mov	x19, x30

	ldr	x0, =LEVEL_0
	add	x1, x0, #(UK_TABLES_AT_BOOT * UK_PAGE_SIZE)
1:	.rept	16
	stp	xzr, xzr, [x0], #16
	.endr
	cmp	x0, x1
	b.lo	1b

	/* The tables above the image's pages; it is in the first 512 GiB. */
	ldr	x1, =LEVEL_0
	ldr	x2, =(LEVEL_1 + UK_TABLE)
	str	x2, [x1]
	ldr	x0, =uk_image_start
	lsr	x4, x0, #30
	ldr	x1, =LEVEL_1
	ldr	x2, =(LEVEL_2 + UK_TABLE)
	str	x2, [x1, x4, lsl #3]
	ubfx	x4, x0, #21, #9
	ldr	x1, =LEVEL_2
	ldr	x2, =(LEVEL_3 + UK_TABLE)
	str	x2, [x1, x4, lsl #3]

	ldr	x0, =LEVEL_3
	pages	uk_image_start, uk_text_end, UK_MAP_TEXT | UK_PAGE
	pages	uk_text_end, uk_rodata_end, UK_MAP_RODATA | UK_PAGE
	pages	uk_rodata_end, uk_tables_end, UK_MAP_DATA | UK_PAGE
	pages	uk_tables_end, uk_report_stack, UK_GUARD
	pages	uk_report_stack, uk_report_stack_top, UK_MAP_DATA | UK_PAGE
	pages	uk_report_stack_top, uk_stack, UK_GUARD
	pages	uk_stack, uk_pages_end, UK_MAP_DATA | UK_PAGE

	/* What of bss is beyond the pages. */
	ldr	x0, =LEVEL_2
	ldr	x1, =uk_image_end
	ldr	x2, =(UK_MAP_DATA | UK_BLOCK)
2:	add	x4, x4, #1
	lsl	x3, x4, #21		/* offset in the image's GiB */
	orr	x5, x3, #UK_GIB_SIZE
	cmp	x5, x1
	b.hs	3f
	orr	x5, x5, x2
	str	x5, [x0, x4, lsl #3]
	b	2b

3:	ldr	x0, =UK_MAIR
	msr	mair_el1, x0
	ldr	x0, =UK_TCR
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf		/* PARange; beyond 48 bits is no use */
	mov	x2, #UK_TCR_IPS_48_BITS
	cmp	x1, x2
	csel	x1, x1, x2, lo
	orr	x0, x0, x1, lsl #UK_TCR_IPS_SHIFT
	msr	tcr_el1, x0
	ldr	x0, =LEVEL_0
	msr	ttbr0_el1, x0

	tlbi	vmalle1
	ic	iallu
	dsb	sy			/* tables stored, stale entries gone ... */
	isb				/* ... before the first walk */
	ldr	x0, =UK_SCTLR_ON
	msr	sctlr_el1, x0
	isb				/* mapped from the next instruction on */
	ret	x19

/* Map the pages from x1 to x2, x2 excluded, as x3 says. x0: level 3 table. */
map_pages:
	ubfx	x6, x1, #12, #9
1:	cmp	x1, x2
	b.hs	2f
	orr	x5, x1, x3
	str	x5, [x0, x6, lsl #3]
	add	x6, x6, #1
	add	x1, x1, #UK_PAGE_SIZE
	b	1b
2:	ret
