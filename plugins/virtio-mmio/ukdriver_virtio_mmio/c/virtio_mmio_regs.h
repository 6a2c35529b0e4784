/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register map of a virtio device. Facts only: no state, no functions.
 *
 * Source: Virtual I/O Device (VIRTIO) Version 1.2 ("VIRTIO"), 4.2.2 and, for
 *         what a legacy device has in place of it, 4.2.4.
 */
#ifndef VIRTIO_MMIO_REGS_H
#define VIRTIO_MMIO_REGS_H

#include <ukd/bits.h>

#define MAGIC_VALUE		0x000
#define MAGIC			0x74726976U	/* "virt" */
#define VERSION			0x004
#define VERSION_LEGACY		1U
#define VERSION_MODERN		2U
#define DEVICE_ID		0x008	/* 0: none */
#define DEVICE_FEATURES		0x010
#define DEVICE_FEATURES_SEL	0x014
#define DRIVER_FEATURES		0x020
#define DRIVER_FEATURES_SEL	0x024
#define QUEUE_SEL		0x030
#define QUEUE_NUM_MAX		0x034
#define QUEUE_NUM		0x038
#define QUEUE_READY		0x044
#define QUEUE_NOTIFY		0x050
#define INTERRUPT_STATUS	0x060
#define INTERRUPT_ACK		0x064
#define INTERRUPT_QUEUE		UKD_BIT(0)
#define INTERRUPT_CONFIG	UKD_BIT(1)
#define STATUS			0x070
#define QUEUE_DESC		0x080	/* low, then high */
#define QUEUE_DRIVER		0x090
#define QUEUE_DEVICE		0x0a0
#define CONFIG_GENERATION	0x0fc
#define CONFIG			0x100

/* Legacy. The page size counts QUEUE_PFN's pages. */
#define GUEST_PAGE_SIZE		0x028
#define QUEUE_ALIGN		0x03c
#define QUEUE_PFN		0x040
#define LEGACY_PAGE		4096U

_Static_assert(CONFIG == CONFIG_GENERATION + 4, "configuration comes last");

#endif /* VIRTIO_MMIO_REGS_H */
