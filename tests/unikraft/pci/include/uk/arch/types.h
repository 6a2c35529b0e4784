/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UK_ARCH_TYPES_H
#define UK_ARCH_TYPES_H

#include <stdint.h>

#define __unused	__attribute__((unused))

typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;

#endif /* UK_ARCH_TYPES_H */
