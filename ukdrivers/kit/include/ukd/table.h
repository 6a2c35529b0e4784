/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver table that `ukdrivers wire` generates: which drivers are linked,
 * and a hash table over their compatible strings. A look-up costs the same
 * with ten strings and with ten thousand.
 */
#ifndef UKD_TABLE_H
#define UKD_TABLE_H

#include <ukd/driver.h>

#define UKD_SLOT_EMPTY		UINT16_MAX

/*
 * One compatible string of one driver. Open addressing: a string's slots start
 * at `hash & mask` and go on, wrapping, until an empty one. Rivals for one
 * string stand in the order in which they are to be tried.
 */
struct ukd_slot {
	uint32_t hash;		/* ukd_hash() of the string */
	uint16_t driver;	/* index into ukd_table.driver, or UKD_SLOT_EMPTY */
	uint16_t match;		/* index into that driver's match table */
};

struct ukd_table {
	const struct ukd_driver *const *driver;	/* NULL where configured off */
	const struct ukd_slot *slot;
	uint32_t mask;		/* number of slots - 1; a power of two */
	uint16_t driver_count;
};

extern const struct ukd_table ukd_table;

/*
 * FNV-1a, 32 bit. The generator computes the same over each string's bytes,
 * without the terminating zero.
 *
 * Source: RFC 9923, sections 2 (the algorithm) and 5 (its constants).
 */
#define UKD_HASH_START		UINT32_C(0x811c9dc5)
#define UKD_HASH_PRIME		UINT32_C(0x01000193)

static inline uint32_t ukd_hash_step(uint32_t hash, unsigned char byte)
{
	return (hash ^ byte) * UKD_HASH_PRIME;
}

#endif /* UKD_TABLE_H */
