/* SPDX-License-Identifier: BSD-3-Clause */
/* Class console: characters out and in. */
#ifndef UKD_CONSOLE_H
#define UKD_CONSOLE_H

#include <ukd/driver.h>

struct ukd_console_ops {
	/**
	 * Write `size` bytes; called with the console to itself.
	 *
	 * @return 0, or -ETIMEDOUT when the device stopped taking bytes
	 */
	int (*write)(void *self, const char *text, size_t size);

	/** @return the next byte, 0 to 255, or -EAGAIN when there is none */
	int (*getc)(void *self);
};

/**
 * Hand a started console to the host. What was logged before is written.
 *
 * @return 0, or -ENOMEM when the host takes no further one
 */
int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self);

#endif /* UKD_CONSOLE_H */
