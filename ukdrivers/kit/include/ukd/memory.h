/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory: of a driver's own, and shared with a device. */
#ifndef UKD_MEMORY_H
#define UKD_MEMORY_H

#include <ukd/driver.h>

/** @return zeros, aligned for any type, or NULL when there is none */
void *ukd_alloc(size_t size);
void ukd_free(void *memory);

/**
 * Memory that the CPU and a device both access, coherently.
 *
 * @param dev the device
 * @param size in bytes
 * @param align a power of two, at most 4096
 * @param address set to what the device has to use for it
 *
 * @return zeros, or NULL when there is none that the device can reach
 */
void *ukd_dma_alloc(const struct ukd_device *dev, size_t size, size_t align,
		    uint64_t *address);
void ukd_dma_free(const struct ukd_device *dev, void *memory, size_t size);

#endif /* UKD_MEMORY_H */
