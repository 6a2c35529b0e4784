/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_ESSENTIALS_H
#define STUB_ESSENTIALS_H

#include <stddef.h>

#define __containerof(member_at, type, member) \
	((type *)(void *)((char *)(member_at) - offsetof(type, member)))

#define likely(condition)	__builtin_expect(!!(condition), 1)
#define unlikely(condition)	__builtin_expect(!!(condition), 0)
#define MIN(one, other)		((one) < (other) ? (one) : (other))

#endif /* STUB_ESSENTIALS_H */
