/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STUB_TYPES_H
#define STUB_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef unsigned long __u64;
typedef unsigned long __vaddr_t;
typedef unsigned long __paddr_t;
typedef size_t __sz;
typedef long __ssz;

#define __PAGE_SIZE	0x1000UL

#endif /* STUB_TYPES_H */
