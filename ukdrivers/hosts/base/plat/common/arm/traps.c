/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The report of an exception that nothing handles.
 *
 * Source: Arm Architecture Reference Manual, DDI 0487, ESR_EL1, VBAR_EL1.
 */

#include <uk/arch/paging.h>
#include <uk/arch/regs.h>
#include <uk/arch/stack.h>
#include <uk/plat/power.h>

#include <stdio.h>

#define ESR_EC(esr)	(((esr) >> 26) & 0x3f)
#define ESR_FSC(esr)	((esr) & 0x3f)
#define ESR_WNR		(1U << 6)

#define EC_INSTRUCTION_ABORT	0x21
#define EC_DATA_ABORT		0x25

/* Vector numbers: four origins with four kinds each. */
#define VECTOR_KIND(vector)	((vector) & 3)
#define VECTOR_SYNCHRONOUS	0

extern char uk_stack[];

uintptr_t uk_stack_bottom = (uintptr_t)uk_stack;

static const char *const kind_text[] = {
	[1] = "unexpected IRQ",
	[2] = "unexpected FIQ",
	[3] = "SError",
};

static const struct {
	unsigned char class;
	const char *text;
} class_text[] = {
	{ 0x00, "undefined instruction" },
	{ 0x07, "floating point or SIMD instruction" },
	{ 0x0e, "illegal execution state" },
	{ 0x15, "svc instruction" },
	{ 0x16, "hvc instruction" },
	{ 0x17, "smc instruction" },
	{ 0x18, "system register access" },
	{ 0x22, "misaligned program counter" },
	{ 0x26, "misaligned stack pointer" },
	{ 0x3c, "brk instruction" },
};

/* Fault status codes 0x04 to 0x0f, whose low bits are the level. */
static const char *const fault_text[] = {
	[1] = "nothing is mapped there",
	[2] = "access flag clear",
	[3] = "not permitted",
};

static const char *text_of_class(unsigned int class)
{
	unsigned int i;

	for (i = 0; i < sizeof(class_text) / sizeof(*class_text); i++) {
		if (class_text[i].class == class)
			return class_text[i].text;
	}
	return NULL;
}

static const char *text_of_fault(const struct uk_regs *regs)
{
	unsigned int code = ESR_FSC(regs->esr);
	uintptr_t far = regs->far;

	if (far < uk_stack_bottom && far >= uk_stack_bottom - UK_PAGE_SIZE)
		return "stack overflow";
	if (code >= 0x04 && code <= 0x0f)
		return fault_text[code / 4];
	switch (code) {
	case 0x10:
		return "external abort";
	case 0x21:
		return "misaligned address";
	default:
		return "other fault";
	}
}

static void say_what(const struct uk_regs *regs)
{
	unsigned int class = ESR_EC(regs->esr);
	const char *text = text_of_class(class);

	if (VECTOR_KIND(regs->vector) != VECTOR_SYNCHRONOUS)
		text = kind_text[VECTOR_KIND(regs->vector)];

	if (text)
		printf("ukdrivers: exception: %s\n", text);
	else if (class == EC_INSTRUCTION_ABORT)
		printf("ukdrivers: exception: instruction fetch: %s\n",
		       text_of_fault(regs));
	else if (class == EC_DATA_ABORT)
		printf("ukdrivers: exception: %s: %s\n",
		       regs->esr & ESR_WNR ? "write" : "read",
		       text_of_fault(regs));
	else
		printf("ukdrivers: exception: class %#x\n", class);
}

void uk_exception(const struct uk_regs *regs)
{
	unsigned int i;

	say_what(regs);
	printf("  esr  0x%016lx  elr  0x%016lx\n", regs->esr, regs->elr);
	printf("  far  0x%016lx  spsr 0x%016lx\n", regs->far, regs->spsr);
	for (i = 0; i < 30; i += 2)
		printf("  x%-3u 0x%016lx  x%-3u 0x%016lx\n", i, regs->x[i], i + 1,
		       regs->x[i + 1]);
	printf("  x30  0x%016lx  sp   0x%016lx\n", regs->x[30], regs->sp);
	uk_halt("exception");
}

void uk_exception_again(void)
{
	uk_power_cut();
}
