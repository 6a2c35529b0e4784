/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a test finds it. */
#define UK_CTOR(function)	void (*const stub_ctor)(void) = (function)

extern void (*const stub_ctor)(void);
