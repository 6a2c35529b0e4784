/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the checks of PCI hosts share: the devices, and every function that
 * answers. What is in configuration space is told by its offset.
 *
 * Source: PCI Local Bus Specification, revision 3.0 ("PCI"), 6.1 and 6.2.
 */
#ifndef PCI_CHECK_H
#define PCI_CHECK_H

#include "../common/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ukd/bits.h>
#include <ukd/pci.h>

#define PCI_ID			0x00
#define PCI_COMMAND		0x04
#define PCI_COMMAND_IO		UKD_BIT(0)
#define PCI_COMMAND_MEMORY	UKD_BIT(1)
#define PCI_COMMAND_MASTER	UKD_BIT(2)
#define PCI_COMMAND_USED	UKD_MASK(2, 0)
#define PCI_STATUS		0x06
#define PCI_STATUS_CAPABILITIES	UKD_BIT(4)
#define PCI_CLASS		0x08
#define PCI_BAR(n)		(0x10 + 4 * (n))
#define PCI_BAR_IO		UKD_BIT(0)
#define PCI_BAR_TYPE		UKD_MASK(2, 1)
#define PCI_BAR_TYPE_64		2U
#define PCI_CAPABILITIES	0x34
#define PCI_OWN			0x40	/* the device's own registers begin */

/* What the driver of the devices lists, in its order. */
enum kind {
	EDU,
	TESTDEV,
	MEMORY,
	KINDS
};

#define EACH_MAX		16U
#define FUNCTIONS		0x10000U	/* numbers that one may have */
#define PATIENCE_US		UINT64_C(5000000)

/** The devices of a kind. @return one, from 0, or NULL: no more */
const struct ukd_device *device(enum kind kind, unsigned int index);

/** Any device of a host, from 0. @return NULL: no more */
const struct ukd_device *any_device(unsigned int index);

/** The first device of each host, from 0. @return NULL: no more */
const struct ukd_device *host_device(unsigned int index);

/** Another function of a device's host; only accesses work on it. */
static inline struct ukd_device function(const struct ukd_device *dev,
					 uint32_t number)
{
	return (struct ukd_device){ .bus = dev->bus, .unit = number };
}

/* What a BAR asks for. */
struct bar {
	uint64_t address;	/* on the bus */
	uint64_t size;		/* 0: there is none */
	bool is_io;
	bool is_wide;		/* has the next register, too */
};

/** Read one, with the function's decoding off meanwhile. */
struct bar bar_of(const struct ukd_device *dev, unsigned int number);

/* space.c */
void check_identity(void);
void check_widths(void);
void check_writes(void);
void check_extended(void);

/* functions.c */
void check_nobody(void);
void check_capability(void);

/* bars.c */
void show_devices(void);
void check_decoded(void);
void check_regions(void);
void check_shared_memory(void);

/* edu.c */
void check_edu_memory(void);
void check_interrupt(void);
void check_no_interrupt(void);
void check_master(void);

/* testdev.c */
void check_testdev_memory(void);
bool has_io(void);
void check_io(void);

/* unlisted.c */
void check_unlisted(void);

#endif /* PCI_CHECK_H */
