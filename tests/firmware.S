/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What firmware does for a serial port on PCI, at 00:01.0 of QEMU's machine
 * virt: give its BAR 0 the port PORT, turn decoding on; then go on with what
 * QEMU starts an image with, at the start of RAM.
 *
 * Source: PCI Local Bus Specification, revision 3.0 (command, BAR 0).
 */

#define ECAM_00_01_0	0x4010008000
#define COMMAND		0x04
#define COMMAND_IO	0x1
#define BAR0		0x10
#define BAR_IO		0x1
#define RAM		0x40000000

	.global _start
_start:
	ldr	x0, =ECAM_00_01_0
	ldr	w1, =PORT + BAR_IO
	str	w1, [x0, #BAR0]
	mov	w1, #COMMAND_IO
	strh	w1, [x0, #COMMAND]
	ldr	x0, =RAM
	br	x0
