/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flattened device tree, for the pass over it and for what reads it after.
 *
 * Source: Devicetree Specification v0.4 ("DTSpec"), chapter 5.
 */
#ifndef UKD_FORMAT_H
#define UKD_FORMAT_H

#include "index.h"

/* Tokens of the structure block. DTSpec 5.4.1. */
#define FDT_BEGIN_NODE		1U
#define FDT_END_NODE		2U
#define FDT_PROP		3U
#define FDT_NOP			4U
#define FDT_END			9U

/* Cells of a property before its value: token, size, offset of the name. */
#define FDT_PROP_CELLS		3U

#define FDT_MAGIC		0xd00dfeedU
#define FDT_VERSION		17U

/* Cells of the header. DTSpec 5.2. */
enum fdt_header {
	FDT_HEADER_MAGIC,
	FDT_HEADER_TOTALSIZE,
	FDT_HEADER_OFF_STRUCT,
	FDT_HEADER_OFF_STRINGS,
	FDT_HEADER_OFF_RSVMAP,
	FDT_HEADER_VERSION,
	FDT_HEADER_LAST_COMP_VERSION,
	FDT_HEADER_BOOT_CPUID,
	FDT_HEADER_SIZE_STRINGS,
	FDT_HEADER_SIZE_STRUCT
};

static inline uint32_t ukd_index_header(const struct ukd_index *index,
					enum fdt_header cell)
{
	return ukd_index_cell(((const uint32_t *)index->tree)[cell]);
}

static inline struct ukd_index_value ukd_index_value(const uint32_t *property)
{
	return (struct ukd_index_value){
		.bytes = (const char *)(property + FDT_PROP_CELLS),
		.size = ukd_index_cell(property[1]),
	};
}

/* How many cells a property takes. */
static inline size_t ukd_index_property_cells(const uint32_t *property)
{
	return FDT_PROP_CELLS + ((size_t)ukd_index_cell(property[1]) + 3) / 4;
}

/* The cell after a name with its terminating zero; NULL when it has no end. */
static inline const uint32_t *ukd_index_after_name(const uint32_t *cell,
						   const uint32_t *end)
{
	uint32_t bytes;

	do {
		if (cell == end)
			return NULL;
		bytes = *cell++;
		/* not zero if one of the four bytes is */
	} while (!((bytes - 0x01010101U) & ~bytes & 0x80808080U));
	return cell;
}

#endif /* UKD_FORMAT_H */
