/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bits and fields of device registers.
 *
 * A field is one mask; its shift follows from the mask, so the two can't
 * disagree. Masks are 32 bit wide: the registers of every class here are.
 */
#ifndef UKD_BITS_H
#define UKD_BITS_H

#include <stdint.h>

#define UKD_BIT(n)		(UINT32_C(1) << (n))

/* Bits high to low, both included, as the manuals write them: UKD_MASK(6, 5) */
#define UKD_MASK(high, low) \
	((UINT32_MAX >> (31 - (high))) & (UINT32_MAX << (low)))

#define UKD_FIELD_LOWEST(mask)		((mask) & (~(mask) + UINT32_C(1)))
#define UKD_FIELD_GET(mask, value)	\
	(((uint32_t)(value) & (mask)) / UKD_FIELD_LOWEST(mask))
#define UKD_FIELD_PUT(mask, value)	\
	(((uint32_t)(value) * UKD_FIELD_LOWEST(mask)) & (mask))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "ukd_be32() swaps");

/* A cell of the device tree, which is big-endian. */
static inline uint32_t ukd_be32(uint32_t cell)
{
	return __builtin_bswap32(cell);
}

#endif /* UKD_BITS_H */
