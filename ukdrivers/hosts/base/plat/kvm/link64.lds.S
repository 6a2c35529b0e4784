/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The image in memory, from the start of RAM:
 *
 *   entry | text | rodata | data | tables, stacks with their guards | bss
 *
 * bss is last, so that it alone may reach beyond the first 2 MiB, which are
 * mapped by pages; what follows them is mapped by blocks. The flat boot image
 * is text to data.
 */
#include <uk/arch/paging.h>

#define RAM_BASE	0x40000000
#define TEXT_OFFSET	0x1000
#define STACK_SIZE	0x4000

OUTPUT_ARCH(aarch64)
ENTRY(uk_elf_entry)

PHDRS
{
	entry PT_LOAD FLAGS(5);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = RAM_BASE;
	.entry : { KEEP(*(.entry)) } :entry

	. = RAM_BASE + TEXT_OFFSET;
	uk_image_start = .;
	.text : { KEEP(*(.head.text)) *(.text .text.*) } :text
	. = ALIGN(UK_PAGE_SIZE);
	uk_text_end = .;

	.rodata : { *(.rodata .rodata.*) *(.got .got.plt .igot.plt) } :rodata
	/* Nothing is relocated at run time: these are empty, see below. */
	.rela : { *(.rela.*) *(.plt .iplt) } :rodata
	. = ALIGN(UK_PAGE_SIZE);
	uk_rodata_end = .;

	.data : { *(.data .data.*) . = ALIGN(16); } :data
	uk_data_end = .;

	. = ALIGN(UK_PAGE_SIZE);
	.noinit (NOLOAD) : {
		uk_tables = .;
		. += UK_TABLE_COUNT * UK_PAGE_SIZE;
		uk_tables_end = .;
		. += UK_PAGE_SIZE;	/* guard */
		uk_report_stack = .;
		. += UK_PAGE_SIZE;
		uk_report_stack_top = .;
		. += UK_PAGE_SIZE;	/* guard */
		uk_stack = .;
		. += STACK_SIZE;
		uk_stack_top = .;
	} :data

	.bss (NOLOAD) : {
		uk_bss = .;
		*(.bss .bss.*)
		. = ALIGN(UK_PAGE_SIZE);
	} :data
	uk_bss_end = .;
	uk_image_end = .;

	/* Constants for the boot header and for mmu_on.S. */
	uk_text_offset = ABSOLUTE(TEXT_OFFSET);
	uk_image_size = ABSOLUTE(uk_image_end - uk_image_start);
	uk_pages_end = MIN(uk_image_end, RAM_BASE + UK_BLOCK_SIZE);

	.comment 0 : { *(.comment) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_addr 0 : { *(.debug_addr) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_frame 0 : { *(.debug_frame) }
	.debug_info 0 : { *(.debug_info) }
	.debug_line 0 : { *(.debug_line) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_loc 0 : { *(.debug_loc) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_macro 0 : { *(.debug_macro) }
	.debug_ranges 0 : { *(.debug_ranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_str 0 : { *(.debug_str) }
	.debug_str_offsets 0 : { *(.debug_str_offsets) }

	/DISCARD/ : {
		*(.note .note.*) *(.eh_frame) *(.ARM.attributes)
	}
}

ASSERT(SIZEOF(.rela) == 0, "the image has run-time relocations")
ASSERT(SIZEOF(.entry) <= TEXT_OFFSET, "the entry page is full")
ASSERT(uk_stack_top <= RAM_BASE + UK_BLOCK_SIZE,
       "code, data and stacks don't fit into the 2 MiB that are mapped by pages")
ASSERT(uk_image_end < RAM_BASE + UK_GIB_SIZE, "the image is larger than 1 GiB")
