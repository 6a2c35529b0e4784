/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is mapped, each address to itself.
 *
 * The image is mapped before C starts. Everything here adds to what wasn't
 * mapped and changes nothing that was, so no address is ever mapped twice and
 * the tables need no break-before-make.
 */
#ifndef UK_PLAT_MEMORY_H
#define UK_PLAT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Addresses from here on can't be mapped. */
#define UK_MEMORY_LIMIT		(UINT64_C(1) << 39)

/*
 * Below it nothing is mapped, so that a null pointer faults. A device whose
 * registers are there can't be driven.
 */
#define UK_MEMORY_NULL_END	UINT64_C(0x200000)

enum uk_memory {
	UK_MEMORY_READ_ONLY,
	UK_MEMORY_RAM,
	UK_MEMORY_DEVICE
};

/**
 * Map whole blocks of 2 MiB.
 *
 * @param first address of the first block
 * @param end of the last one; both multiples of 2 MiB
 *
 * @return 0, -ERANGE beyond UK_MEMORY_LIMIT, -ENOMEM without a free table;
 *         what comes before the address that fails is mapped then
 */
int uk_memory_map(uint64_t first, uint64_t end, enum uk_memory kind);

/**
 * Map the blocks that a range touches, in part or in whole.
 *
 * @return see uk_memory_map()
 */
int uk_memory_map_around(uint64_t base, size_t size, enum uk_memory kind);

/**
 * Map the blocks that lie wholly within a range.
 *
 * @return see uk_memory_map()
 */
int uk_memory_map_within(uint64_t base, size_t size, enum uk_memory kind);

#endif /* UK_PLAT_MEMORY_H */
