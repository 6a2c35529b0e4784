/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the boot loader to C.
 *
 * Started at EL2 or EL1, MMU off, interrupts masked, the device tree in x0. An
 * ELF file is entered at the start of RAM; a flat image at its first byte, a
 * multiple of 2 MiB plus the text offset, from where it moves to the address
 * it is linked at. Assumes that the tree isn't in the way there.
 *
 * Source: "Booting AArch64 Linux" (Linux, Documentation/arch/arm64/booting.rst),
 *         section 4; Arm Architecture Reference Manual, DDI 0487: CurrentEL,
 *         HCR_EL2, CNTHCTL_EL2, CPTR_EL2, HSTR_EL2, MDCR_EL2, ICC_SRE_EL2,
 *         CTR_EL0, DC IVAC, IC IALLU.
 */
#include <uk/arch/paging.h>

#define CURRENT_EL_1		(1 << 2)
#define CURRENT_EL_2		(2 << 2)

#define HCR_EL2_RW		(1 << 31)	/* EL1 is AArch64 */
#define CNTHCTL_EL2_EL1PCTEN	(1 << 0)
#define CNTHCTL_EL2_EL1PCEN	(1 << 1)
#define CPTR_EL2_RES1		0x33ff		/* no trap of EL1's FP */
#define ICC_SRE_EL2		S3_4_C12_C9_5
#define ICC_SRE_EL2_SRE		(1 << 0)
#define ICC_SRE_EL2_ENABLE	(1 << 3)
#define SPSR_EL1H_MASKED	0x3c5

	.section .entry, "ax"
	.global	uk_elf_entry
uk_elf_entry:
	b	start

	.section .head.text, "ax"
image:
	b	start
	.long	0
	.quad	uk_text_offset
	.quad	uk_image_size
	.quad	1 << 1			/* little-endian, 4 KiB pages */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

start:
	msr	daifset, #0xf
	mov	x20, x0			/* the tree, kept until C has it */
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL_1
	b.eq	at_el1
	cmp	x0, #CURRENT_EL_2
	b.ne	stop			/* EL3 belongs to firmware */

	/* EL2: EL1 gets the counter and timers, nothing of it is trapped. */
	ldr	x0, =HCR_EL2_RW
	msr	hcr_el2, x0
	isb				/* E2H decides what the next ones mean */
	mov	x0, #(CNTHCTL_EL2_EL1PCTEN | CNTHCTL_EL2_EL1PCEN)
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr
	mov	x0, #CPTR_EL2_RES1
	msr	cptr_el2, x0
	msr	hstr_el2, xzr
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0

	/* With a PMU, EL1 gets all its counters; without one, MDCR_EL2 is 0. */
	mrs	x0, id_aa64dfr0_el1
	ubfx	x1, x0, #8, #4		/* PMUVer; 15: not the Arm PMU */
	mov	x0, xzr
	cbz	x1, 1f
	cmp	x1, #15
	b.eq	1f
	mrs	x0, pmcr_el0
	ubfx	x0, x0, #11, #5		/* N, to HPMN */
1:	msr	mdcr_el2, x0

	/* With a GICv3 or later, EL1 may choose its system registers. */
	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #24, #4
	cbz	x0, 1f
	mrs	x0, ICC_SRE_EL2
	orr	x0, x0, #ICC_SRE_EL2_SRE
	orr	x0, x0, #ICC_SRE_EL2_ENABLE
	msr	ICC_SRE_EL2, x0

1:	ldr	x0, =UK_SCTLR_OFF
	msr	sctlr_el1, x0
	mov	x0, #SPSR_EL1H_MASKED
	msr	spsr_el2, x0
	adr	x0, at_el1
	msr	elr_el2, x0
	eret

at_el1:
	msr	spsel, #1
	adr	x1, image
	ldr	x2, =image
	cmp	x1, x2
	b.eq	in_place

	/*
	 * Move. Lines of the destination are dropped from the cache before the
	 * copy is stored, because the MMU is off: stores go to memory, and a
	 * line left over from before would later hide them.
	 */
	ldr	x3, =uk_data_end
	bl	drop_lines
	mov	x4, x2
1:	ldp	x5, x6, [x1], #16
	stp	x5, x6, [x4], #16
	cmp	x4, x3
	b.lo	1b
	dsb	sy			/* the copy before fetches from it */
	ic	iallu
	dsb	sy
	isb
	ldr	x1, =in_place
	br	x1

in_place:
	/* The tables are written next; see above. */
	ldr	x2, =uk_tables
	add	x3, x2, #(UK_TABLES_AT_BOOT * UK_PAGE_SIZE)
	bl	drop_lines
	adr	x0, uk_vectors
	msr	vbar_el1, x0
	bl	uk_mmu_on

	ldr	x0, =uk_stack_top
	mov	sp, x0
	ldr	x0, =uk_bss
	ldr	x1, =uk_bss_end		/* whole pages */
1:	.rept	16
	stp	xzr, xzr, [x0], #16
	.endr
	cmp	x0, x1
	b.lo	1b

	mov	x0, x20
	mov	x29, xzr		/* the outermost frame */
	mov	x30, xzr
	b	uk_plat_start

stop:
	wfi
	b	stop

/* Invalidate the lines from x2 to x3, x3 excluded. Changes x4 to x6. */
drop_lines:
	mrs	x5, ctr_el0
	ubfx	x5, x5, #16, #4		/* DminLine: log2 of 4-byte words */
	mov	x6, #4
	lsl	x6, x6, x5
	mov	x4, x2
1:	dc	ivac, x4
	add	x4, x4, x6
	cmp	x4, x3
	b.lo	1b
	dsb	sy			/* gone before anything is stored there */
	ret
