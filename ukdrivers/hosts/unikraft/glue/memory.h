/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of others, as a device has to address it. */
#ifndef UKD_GLUE_MEMORY_H
#define UKD_GLUE_MEMORY_H

#include <ukd/driver.h>

#include <stdbool.h>

/** Whether every address is the same for a device as for a pointer. */
bool ukd_host_is_direct(const struct ukd_device *dev);

/**
 * Find out where a device sees memory.
 *
 * @return 0, or -ERANGE when it doesn't see all of it, or not in one piece
 */
int ukd_host_dma_address(const struct ukd_device *dev, const void *memory,
			 size_t size, uint64_t *address);

#endif /* UKD_GLUE_MEMORY_H */
