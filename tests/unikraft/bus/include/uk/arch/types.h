/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ARCH_TYPES_H
#define UK_ARCH_TYPES_H

typedef unsigned short __u16;
typedef unsigned long __u64;
typedef unsigned long __sz;
typedef unsigned long __vaddr_t;
typedef unsigned long __paddr_t;

#define __unused	__attribute__((unused))

#endif /* UK_ARCH_TYPES_H */
