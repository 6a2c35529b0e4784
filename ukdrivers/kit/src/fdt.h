/* SPDX-License-Identifier: BSD-3-Clause */
/* Tokens of a flattened tree's structure block. */
#ifndef UKD_FDT_H
#define UKD_FDT_H

/* Source: Devicetree Specification v0.4, 5.4.1. */
#define UKD_FDT_BEGIN_NODE	1U
#define UKD_FDT_END_NODE	2U
#define UKD_FDT_PROP		3U
#define UKD_FDT_NOP		4U
#define UKD_FDT_END		9U

/* Cells of a property before its value: token, size, offset of the name. */
#define UKD_FDT_PROP_CELLS	3U

#endif /* UKD_FDT_H */
