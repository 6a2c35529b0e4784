/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_INTCTLR_H
#define STUB_INTCTLR_H

#include <uk/arch/types.h>

struct __regs;

enum uk_intctlr_irq_trigger {
	UK_INTCTLR_IRQ_TRIGGER_NONE,
	UK_INTCTLR_IRQ_TRIGGER_EDGE,
	UK_INTCTLR_IRQ_TRIGGER_LEVEL,
};

struct uk_intctlr_irq {
	unsigned int id;
	unsigned int trigger;
};

struct uk_intctlr_driver_ops {
	int (*configure_irq)(struct uk_intctlr_irq *irq);
	int (*fdt_xlat)(const void *fdt, int nodeoffset, __u32 index,
			struct uk_intctlr_irq *irq);
	void (*mask_irq)(unsigned int irq);
	void (*unmask_irq)(unsigned int irq);
};

struct uk_intctlr_desc {
	char *name;
	struct uk_intctlr_driver_ops *ops;
};

int uk_intctlr_probe(void);
int uk_intctlr_register(struct uk_intctlr_desc *intctlr);
void uk_intctlr_irq_handle(struct __regs *regs, unsigned int irq);
int uk_intctlr_irq_configure(struct uk_intctlr_irq *irq);
int uk_intctlr_irq_register(unsigned int irq, int (*handler)(void *arg),
			    void *arg);
int uk_intctlr_irq_unregister(unsigned int irq, int (*handler)(void *arg));

#endif /* STUB_INTCTLR_H */
