/* SPDX-License-Identifier: BSD-3-Clause */
/* How a platform hands over to the boot library, and that to the application. */
#ifndef UK_PLAT_BOOT_H
#define UK_PLAT_BOOT_H

#include <stddef.h>

/** Called by entry code: C is ready, the tree isn't mapped yet. */
_Noreturn void uk_plat_start(const void *blob);

/**
 * Bring up memory and drivers, run main(), power off.
 *
 * @param blob the device tree, mapped; NULL when none is needed
 * @param limit how many bytes of it are
 */
_Noreturn void uk_boot(const void *blob, size_t limit);

/** The application: anything but 0 is a failure. */
int main(void);

#endif /* UK_PLAT_BOOT_H */
