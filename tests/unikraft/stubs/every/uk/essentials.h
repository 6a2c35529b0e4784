/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_ESSENTIALS_H
#define STUB_ESSENTIALS_H

#include <stddef.h>

#define __containerof(member_at, type, member) \
	((type *)(void *)((char *)(member_at) - offsetof(type, member)))

#endif /* STUB_ESSENTIALS_H */
