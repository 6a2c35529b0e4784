/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers of a virtio device on PCI. Facts only: no state, no functions.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.1; PCI Local
 *         Bus Specification, revision 3.0 ("PCI").
 */
#ifndef VIRTIO_PCI_REGS_H
#define VIRTIO_PCI_REGS_H

#include <ukd/bits.h>

/* Configuration space. PCI 6.2.1; the Message Control register of MSI-X. */
#define PCI_DEVICE_ID		0x02
#define PCI_SUBSYSTEM_ID	0x2e
#define PCI_CONFIG_SIZE		0x100U
#define PCI_CAPABILITY_VENDOR	0x09
#define PCI_CAPABILITY_MSIX	0x11
#define PCI_MSIX_CONTROL	0x02
#define PCI_MSIX_ENABLE			UKD_BIT(15)

/* A device's number is behind this; a lower one is transitional. VIRTIO 4.1.2. */
#define VIRTIO_PCI_MODERN	0x1040

/* A capability, from its start. VIRTIO 4.1.4. */
#define VIRTIO_PCI_CAP_TYPE	0x03
#define VIRTIO_PCI_CAP_BAR	0x04
#define VIRTIO_PCI_CAP_OFFSET	0x08
#define VIRTIO_PCI_CAP_LENGTH	0x0c
#define VIRTIO_PCI_CAP_SIZE	0x10U
#define VIRTIO_PCI_CAP_MULTIPLIER 0x10	/* of notifications only */
#define VIRTIO_PCI_CAP_NOTIFY_SIZE 0x14U

/* What it leads to. */
#define VIRTIO_PCI_COMMON	1
#define VIRTIO_PCI_NOTIFY	2
#define VIRTIO_PCI_ISR		3
#define VIRTIO_PCI_DEVICE	4

/* Common configuration. VIRTIO 4.1.4.3. */
#define COMMON_DEVICE_FEATURE_SELECT	0x00
#define COMMON_DEVICE_FEATURE		0x04
#define COMMON_DRIVER_FEATURE_SELECT	0x08
#define COMMON_DRIVER_FEATURE		0x0c
#define COMMON_CONFIG_MSIX_VECTOR	0x10	/* 16 bit */
#define COMMON_NUM_QUEUES		0x12	/* 16 bit */
#define COMMON_DEVICE_STATUS		0x14	/* 8 bit */
#define COMMON_CONFIG_GENERATION	0x15	/* 8 bit */
#define COMMON_QUEUE_SELECT		0x16	/* 16 bit, as all up to the next */
#define COMMON_QUEUE_SIZE		0x18
#define COMMON_QUEUE_MSIX_VECTOR	0x1a
#define COMMON_QUEUE_ENABLE		0x1c
#define COMMON_QUEUE_NOTIFY_OFF		0x1e
#define COMMON_QUEUE_DESC		0x20	/* 64 bit, a half at a time */
#define COMMON_QUEUE_DRIVER		0x28
#define COMMON_QUEUE_DEVICE		0x30
#define COMMON_SIZE			0x38U

#define MSIX_NO_VECTOR			0xffff

/* Notification: the queue's index, 16 bit. VIRTIO 4.1.4.4. */
#define NOTIFY_SIZE			2U

/* Interrupt status, 8 bit; reading it clears it. VIRTIO 4.1.4.5. */
#define ISR_QUEUE			UKD_BIT(0)
#define ISR_CONFIG			UKD_BIT(1)
#define ISR_SIZE			1U

_Static_assert(COMMON_QUEUE_DEVICE + 8 == COMMON_SIZE, "without gaps");

#endif /* VIRTIO_PCI_REGS_H */
