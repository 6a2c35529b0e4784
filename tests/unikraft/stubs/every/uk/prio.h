/* SPDX-License-Identifier: BSD-3-Clause */
#define UK_PRIO_EARLIEST	0
#define UK_PRIO_AFTER(prio)	((prio) + 1)
