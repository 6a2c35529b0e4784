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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/** Addresses from here on can't be mapped: the CPU doesn't have them. */
uint64_t uk_memory_limit(void);

/**
 * Map whole blocks of 2 MiB.
 *
 * @param first address of the first block
 * @param end of the last one; both multiples of 2 MiB
 *
 * @return 0, -ERANGE from uk_memory_limit() on, -ENOMEM without a free table;
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
 * Map pages of 4 KiB where no block is mapped.
 *
 * @param first address of the first page
 * @param end of the last one; both multiples of 4 KiB
 *
 * @return see uk_memory_map(); -EBUSY where a block is mapped
 */
int uk_memory_map_pages(uint64_t first, uint64_t end, enum uk_memory kind);

/* RAM, after boot */

struct uk_range {
	uint64_t first;
	uint64_t end;		/* the first address behind it */
};

/**
 * Read one range of RAM that is mapped and that nobody has: not the image, the
 * device tree, nor what either of them keeps.
 *
 * @param index from 0
 *
 * @return whether there is one; ranges are in no order and don't overlap
 */
bool uk_ram_free(unsigned int index, struct uk_range *range);

/* Whole blocks of RAM, kept to be mapped by pages; empty when there are none. */
struct uk_range uk_ram_paged(void);

/** Whether any of these addresses is RAM that is mapped, or kept to be. */
bool uk_ram_has(uint64_t base, uint64_t size);

#endif /* UK_PLAT_MEMORY_H */
