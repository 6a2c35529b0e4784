/* SPDX-License-Identifier: BSD-3-Clause */
#define PAGE_SIZE		0x1000UL
#define PAGE_ALIGN_DOWN(at)	((at) & ~(PAGE_SIZE - 1))
#define PAGE_ALIGN_UP(at)	PAGE_ALIGN_DOWN((at) + PAGE_SIZE - 1)

/* Tables of four entries. */
#define PAGE_LEVEL			0
#define PAGE_Lx_SIZE(level)		(PAGE_SIZE << 2 * (level))
#define PAGE_Lx_ALIGN_DOWN(at, level)	((at) & ~(PAGE_Lx_SIZE(level) - 1))
#define PT_Lx_PTE_PRESENT(entry, level)	((entry) != '.' && (entry) != 'x')
