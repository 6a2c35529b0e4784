/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest guest: writes TEXT on QEMU virt's PL011, then does as it is told. */

	.global _start
_start:
	ldr	x1, =0x09000000
	adr	x2, text
1:	ldrb	w3, [x2], #1
	cbz	w3, 2f
	str	w3, [x1]
	b	1b
2:
#ifdef ECHO	/* until Enter */
	ldr	w3, [x1, #0x18]
	tbnz	w3, #4, 2b
	ldr	w3, [x1]
	str	w3, [x1]
	cmp	w3, #'\r'
	b.ne	2b
	mov	w3, #'\n'
	str	w3, [x1]
#endif
#ifdef FLOOD
	str	w1, [x1]
	b	2b
#endif
#ifdef HANG
	b	2b
#endif
	ldr	w0, =0x84000008	/* PSCI SYSTEM_OFF */
	hvc	#0
	b	.
text:	.asciz	TEXT
