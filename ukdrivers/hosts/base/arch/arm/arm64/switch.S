/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From one stack to another: void uk_stack_switch(uintptr_t *saved,
 * uintptr_t wanted).
 *
 * Source: Procedure Call Standard for the Arm 64-bit Architecture, IHI 0055
 *         (which registers a call may not change).
 */
#include <uk/arch/stack.h>

	.text
	.global	uk_stack_switch
uk_stack_switch:
	stp	x29, x30, [sp, #-UK_STACK_FRAME]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x2, sp
	str	x2, [x0]
	mov	sp, x1
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #UK_STACK_FRAME
	ret
