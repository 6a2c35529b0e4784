/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/arch/types.h>

struct uk_console;

struct uk_console_ops {
	__ssz (*out)(struct uk_console *dev, const char *buf, __sz len);
	__ssz (*in)(struct uk_console *dev, char *buf, __sz len);
};

#define UK_CONSOLE_FLAG_STDOUT	1
#define UK_CONSOLE_FLAG_STDIN	2

struct uk_console {
	const struct uk_console_ops *ops;
	const char *name;
	int flags;
};

void uk_console_init(struct uk_console *dev, const char *name,
		     const struct uk_console_ops *ops, int flags);
void uk_console_register(struct uk_console *dev);
