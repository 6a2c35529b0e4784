/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PLAIN_REGS_H
#define PLAIN_REGS_H

#define PLAIN_VENDOR	"acme,"
#define PLAIN_FLAG	0x018

#endif /* PLAIN_REGS_H */
