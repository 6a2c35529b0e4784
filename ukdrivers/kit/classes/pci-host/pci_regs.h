/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration space of PCI functions. Facts only: no state, no functions.
 *
 * Source: PCI Local Bus Specification, revision 3.0 ("PCI"); PCI-to-PCI Bridge
 *         Architecture Specification, revision 1.2 ("Bridge"); PCI Express Base
 *         Specification, Revision 5.0, Version 1.0 ("PCIe").
 */
#ifndef UKD_PCI_REGS_H
#define UKD_PCI_REGS_H

#include <ukd/bits.h>

/* Every header. PCI 6.1. */

/* PCI 6.2.1. */
#define PCI_ID			0x00	/* vendor; above it, device */
#define PCI_ID_VENDOR		UKD_MASK(15, 0)
#define PCI_ID_DEVICE		UKD_MASK(31, 16)

/* PCI 6.2.2, 6.2.3. */
#define PCI_COMMAND		0x04
#define PCI_COMMAND_IO		UKD_BIT(0)
#define PCI_COMMAND_MEMORY	UKD_BIT(1)
#define PCI_COMMAND_MASTER	UKD_BIT(2)

#define PCI_STATUS		0x06
#define PCI_STATUS_CAPABILITIES	UKD_BIT(4)

/* PCI 6.2.1. */
#define PCI_CLASS		0x08	/* revision; above it, class code */
#define PCI_CLASS_REVISION	UKD_MASK(7, 0)
#define PCI_CLASS_CODE		UKD_MASK(31, 8)

#define PCI_HEADER_TYPE		0x0e
#define PCI_HEADER_MULTI	UKD_BIT(7)
#define PCI_HEADER_DEVICE	0x00
#define PCI_HEADER_BRIDGE	0x01

/* PCI 6.2.5.1. */
#define PCI_BAR(n)		(0x10 + 4 * (n))
#define PCI_BAR_IO		UKD_BIT(0)
#define PCI_BAR_IO_RESERVED	UKD_BIT(1)
#define PCI_BAR_IO_ADDRESS	UKD_MASK(31, 2)
#define PCI_BAR_TYPE		UKD_MASK(2, 1)
#define PCI_BAR_TYPE_32		0U
#define PCI_BAR_TYPE_64		2U
#define PCI_BAR_PREFETCHABLE	UKD_BIT(3)
#define PCI_BAR_ADDRESS		UKD_MASK(31, 4)

/* PCI 6.7. */
#define PCI_CAPABILITIES	0x34
#define PCI_CAPABILITY_FIRST	0x40	/* none is below */
#define PCI_CAPABILITY_ALIGN	UKD_MASK(7, 2)
#define PCI_CAPABILITY_PCIE	0x10

/* PCIe 7.5.1.1.13. */
#define PCI_INTERRUPT_PIN	0x3d	/* 0: none, 1: INTA to 4: INTD */

/* Header type 0. PCI 6.1. */
#define PCI_DEVICE_BARS		6U
#define PCI_DEVICE_SUBSYSTEM	0x2c	/* vendor; above it, device */
#define PCI_DEVICE_ROM		0x30

/* Header type 1. Bridge 3.2; PCIe 7.5.1.3. */
#define PCI_BRIDGE_BARS		2U
#define PCI_BRIDGE_BUSES	0x18	/* primary, secondary, subordinate */
#define PCI_BRIDGE_IO		0x1c	/* base; above it, limit */
#define PCI_BRIDGE_MEMORY	0x20
#define PCI_BRIDGE_PREFETCHABLE	0x24
#define PCI_BRIDGE_PREF_BASE	0x28	/* bits 63:32 */
#define PCI_BRIDGE_PREF_LIMIT	0x2c
#define PCI_BRIDGE_IO_UPPER	0x30	/* bits 31:16: base; limit */
#define PCI_BRIDGE_ROM		0x38
#define PCI_BRIDGE_CONTROL	0x3e

/* Of a window's base register: how wide its addresses may be. */
#define PCI_BRIDGE_WIDTH	UKD_MASK(3, 0)
#define PCI_BRIDGE_WIDE		1U	/* I/O: 32 bit; prefetchable: 64 bit */

/* The least that a window opens. */
#define PCI_BRIDGE_IO_UNIT	0x1000U
#define PCI_BRIDGE_MEMORY_UNIT	0x100000U

/* PCI Express Capabilities Register, in the capability. PCIe 7.5.3.2. */
#define PCIE_CAPABILITIES	0x02
#define PCIE_PORT_TYPE		UKD_MASK(7, 4)
#define PCIE_ROOT_PORT		4U
#define PCIE_DOWNSTREAM_PORT	6U
#define PCIE_FROM_PCI_BRIDGE	8U

_Static_assert(PCI_BAR(5) == 0x24, "six BARs before the CardBus pointer");
_Static_assert(PCI_BAR_ADDRESS == 0xfffffff0, "16 bytes are the least");
_Static_assert(PCI_CAPABILITY_ALIGN == 0xfc, "capabilities are aligned");

#endif /* UKD_PCI_REGS_H */
