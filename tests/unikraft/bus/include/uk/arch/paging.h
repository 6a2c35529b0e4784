/* SPDX-License-Identifier: BSD-3-Clause */
#define PAGE_SIZE		0x1000UL
#define PAGE_ALIGN_DOWN(at)	((at) & ~(PAGE_SIZE - 1))
#define PAGE_ALIGN_UP(at)	PAGE_ALIGN_DOWN((at) + PAGE_SIZE - 1)
