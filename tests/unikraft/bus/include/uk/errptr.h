/* SPDX-License-Identifier: BSD-3-Clause */
#define ERR2PTR(error)	((void *)(long)(error))
#define PTRISERR(value)	((long)(value) < 0 && (long)(value) > -512)
#define PTR2ERR(value)	((int)(long)(value))
