/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors: interrupts are served, all else is reported and ends the
 * image.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487: VBAR_EL1, ESR_EL1,
 *         ELR_EL1, SPSR_EL1, FAR_EL1; Procedure Call Standard for the Arm
 *         64-bit Architecture, IHI 0055 (which registers a call may change).
 */
#include <uk/arch/regs.h>

	.macro	fatal vector
	.balign	128
	msr	tpidrro_el0, x0		/* no user mode: free to hold x0 */
	mov	x0, #\vector
	b	report
	.endm

	.text
	.balign	2048
	.global	uk_vectors
uk_vectors:
	fatal	0
	fatal	1
	fatal	2
	fatal	3
	fatal	4

	/*
	 * An interrupt. What a C function keeps isn't saved, nor are ELR_EL1
	 * and SPSR_EL1: interrupts stay off, and no other exception returns.
	 */
	.balign	128
	stp	x0, x1, [sp, #-160]!
	adrp	x1, uk_irq_entry
	stp	x2, x3, [sp, #16]
	add	x1, x1, #:lo12:uk_irq_entry
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	ldp	x2, x1, [x1]		/* the controller's handle, its self */
	blr	x2			/* x0, the context: not looked at */
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp], #160
	eret

	fatal	6
	fatal	7
	fatal	8
	fatal	9
	fatal	10
	fatal	11
	fatal	12
	fatal	13
	fatal	14
	fatal	15

	/*
	 * x0: vector. The stack may be what is broken, so registers go to a
	 * frame of their own and the report gets its own stack.
	 */
	.balign	128
report:
	msr	tpidr_el0, x1
	adrp	x1, reports
	add	x1, x1, #:lo12:reports
	str	x2, [x1, #8]
	ldr	x2, [x1]
	cbnz	x2, again
	mov	x2, #1
	str	x2, [x1]
	ldr	x2, [x1, #8]

	adrp	x1, frame
	add	x1, x1, #:lo12:frame
	str	x0, [x1, #UK_REGS_VECTOR]
	mrs	x0, tpidrro_el0
	str	x0, [x1, #UK_REGS_X]
	mrs	x0, tpidr_el0
	stp	x0, x2, [x1, #UK_REGS_X + 8]
	stp	x3, x4, [x1, #UK_REGS_X + 24]
	stp	x5, x6, [x1, #UK_REGS_X + 40]
	stp	x7, x8, [x1, #UK_REGS_X + 56]
	stp	x9, x10, [x1, #UK_REGS_X + 72]
	stp	x11, x12, [x1, #UK_REGS_X + 88]
	stp	x13, x14, [x1, #UK_REGS_X + 104]
	stp	x15, x16, [x1, #UK_REGS_X + 120]
	stp	x17, x18, [x1, #UK_REGS_X + 136]
	stp	x19, x20, [x1, #UK_REGS_X + 152]
	stp	x21, x22, [x1, #UK_REGS_X + 168]
	stp	x23, x24, [x1, #UK_REGS_X + 184]
	stp	x25, x26, [x1, #UK_REGS_X + 200]
	stp	x27, x28, [x1, #UK_REGS_X + 216]
	stp	x29, x30, [x1, #UK_REGS_X + 232]
	mov	x0, sp
	mrs	x2, elr_el1
	stp	x0, x2, [x1, #UK_REGS_SP]
	mrs	x0, spsr_el1
	mrs	x2, esr_el1
	stp	x0, x2, [x1, #UK_REGS_SPSR]
	mrs	x0, far_el1
	str	x0, [x1, #UK_REGS_FAR]

	ldr	x0, =uk_report_stack_top
	mov	sp, x0
	mov	x0, x1
	mov	x29, xzr
	mov	x30, xzr
	b	uk_exception

	/* The report faulted: end without one. Should that fault too: stop. */
again:
	cmp	x2, #1
	b.ne	stop
	mov	x2, #2
	str	x2, [x1]
	ldr	x0, =uk_report_stack_top
	mov	sp, x0
	b	uk_exception_again

stop:
	wfi
	b	stop

	.bss
	.balign	16
frame:
	.skip	UK_REGS_SIZE
reports:
	.skip	16			/* how many so far; x2 meanwhile */
