/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sequences that two errata of Cortex-A53 are about.
 *
 * Source: "Cortex-A53 MPCore Software Developers Errata Notice", EPM-048406,
 *         835769 and 843419.
 */

	/* 843419: ADRP in a page's last words, two loads, of which the second uses it. */
	.macro	read name, value
	.balign	4096
	.skip	0xff8
	.global	\name
\name:
	adrp	x1, \value
	ldr	x2, [x0]
	ldr	x0, [x1, #:lo12:\value]
	add	x0, x0, x2
	ret
	.endm

	.text
	read	read_near, near_value
	read	read_far, far_value

	/* 835769: a load, and right after it a multiply-accumulate without it. */
	.global	multiply
multiply:
	ldr	x3, [x0]
	madd	x0, x1, x2, x1
	add	x0, x0, x3
	ret

	.data
	.balign	8
	.global	near_value
near_value:
	.quad	1000

	/* Farther from the code than an ADR reaches. */
	.bss
	.balign	8
	.skip	0x180000
	.global	far_value
far_value:
	.skip	8
