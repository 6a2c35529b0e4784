/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers: every access goes to the fake. */
#ifndef UKD_SYSREG_H
#define UKD_SYSREG_H

#include <stdint.h>

uint64_t fake_sysreg_read(const char *name);
void fake_sysreg_write(const char *name, uint64_t value);

#define ukd_sysreg_read(name)		fake_sysreg_read(#name)
#define ukd_sysreg_write(name, value)	fake_sysreg_write(#name, (value))

#endif /* UKD_SYSREG_H */
