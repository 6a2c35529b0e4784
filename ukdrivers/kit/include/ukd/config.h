/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration: CONFIG_LIBUKDRIVER_<NAME>_<OPTION> of the driver's own. */
#ifndef UKD_CONFIG_H
#define UKD_CONFIG_H

#include <uk/config.h>

#endif /* UKD_CONFIG_H */
