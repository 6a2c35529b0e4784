/* SPDX-License-Identifier: BSD-3-Clause */
#define UK_INTCTLR_MAX_IRQ	1019
