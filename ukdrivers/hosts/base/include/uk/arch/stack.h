/* SPDX-License-Identifier: BSD-3-Clause */
/* Stacks of which one is in use, and what the others keep of their registers. */
#ifndef UK_ARCH_STACK_H
#define UK_ARCH_STACK_H

#define UK_STACK_FRAME		96	/* x29, x30, x19 to x28 */

#ifndef __ASSEMBLY__

#include <stdint.h>

/** Lowest address of the stack in use; the page below it isn't mapped. */
extern uintptr_t uk_stack_bottom;

/**
 * Go on where another stack was left. Returns when this one is wanted again.
 *
 * @param saved set to what is to be wanted then
 * @param wanted from an earlier switch, or uk_stack_new()
 */
void uk_stack_switch(uintptr_t *saved, uintptr_t wanted);

/**
 * Prepare a stack on which nothing has run.
 *
 * @param top a multiple of 16
 * @param entry called first; has nowhere to return to
 *
 * @return what to switch to
 */
static inline uintptr_t uk_stack_new(uintptr_t top, void (*entry)(void))
{
	uint64_t *frame = (uint64_t *)(top - UK_STACK_FRAME);

	frame[0] = 0;	/* x29: the outermost frame */
	frame[1] = (uintptr_t)entry;
	return (uintptr_t)frame;
}

#endif

#endif /* UK_ARCH_STACK_H */
