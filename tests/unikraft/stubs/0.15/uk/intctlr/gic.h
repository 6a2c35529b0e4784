/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_GIC_H
#define STUB_GIC_H

#include <uk/intctlr.h>

struct _gic_operations {
	int (*initialize)(void);
	void (*enable_irq)(uint32_t irq);
	void (*disable_irq)(uint32_t irq);
	void (*handle_irq)(struct __regs *regs);
	void (*gic_sgi_gen)(uint8_t sgintid, uint32_t cpuid);
};

struct _gic_dev {
	struct _gic_operations ops;
};

#endif /* STUB_GIC_H */
