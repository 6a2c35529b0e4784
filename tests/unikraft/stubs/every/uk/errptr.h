/* SPDX-License-Identifier: BSD-3-Clause */
#define PTRISERR(value)	((long)(value) < 0 && (long)(value) >= -4096)
#define PTR2ERR(value)	((int)(long)(value))
#define ERR2PTR(value)	((void *)(long)(value))
