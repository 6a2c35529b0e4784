/* SPDX-License-Identifier: BSD-3-Clause */
/* What an exception that is reported leaves behind; vectors.S fills it. */
#ifndef UK_ARCH_REGS_H
#define UK_ARCH_REGS_H

#define UK_REGS_X		0
#define UK_REGS_SP		248
#define UK_REGS_ELR		256
#define UK_REGS_SPSR		264
#define UK_REGS_ESR		272
#define UK_REGS_FAR		280
#define UK_REGS_VECTOR		288
#define UK_REGS_SIZE		304

#ifndef __ASSEMBLY__

#include <stddef.h>
#include <stdint.h>

struct uk_regs {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr;
	uint64_t spsr;
	uint64_t esr;
	uint64_t far;
	uint64_t vector;	/* 0 to 15, in the order of the vector table */
	uint64_t unused;
};

_Static_assert(offsetof(struct uk_regs, sp) == UK_REGS_SP, "vectors.S");
_Static_assert(offsetof(struct uk_regs, elr) == UK_REGS_ELR, "vectors.S");
_Static_assert(offsetof(struct uk_regs, esr) == UK_REGS_ESR, "vectors.S");
_Static_assert(offsetof(struct uk_regs, vector) == UK_REGS_VECTOR, "vectors.S");
_Static_assert(sizeof(struct uk_regs) == UK_REGS_SIZE, "vectors.S");

/** Report a fatal exception and end; called by vectors.S, interrupts off. */
_Noreturn void uk_exception(const struct uk_regs *regs);

/** End at once: the report itself ran into an exception. */
_Noreturn void uk_exception_again(void);

#endif

#endif /* UK_ARCH_REGS_H */
