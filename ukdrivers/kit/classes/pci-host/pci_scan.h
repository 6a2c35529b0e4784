/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the PCI core share; no driver sees it. */
#ifndef UKD_PCI_SCAN_H
#define UKD_PCI_SCAN_H

#include "pci_regs.h"

#include <ukd/log.h>
#include <ukd/pci.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A host, for the life of the image. */
struct pci_host {
	const struct ukd_device *dev;
	const struct ukd_pci_ops *ops;
	void *self;
	uint8_t first;			/* bus */
	uint8_t last;
};

/* The address spaces that a bridge has a window of its own for. */
enum pci_space {
	PCI_IO,
	PCI_MEMORY,
	PCI_PREFETCHABLE,
	PCI_SPACES
};

/*
 * A host's window into a space, in addresses of the bus. It is given away from
 * its start; `hole` is the largest piece that alignment left, on this bus.
 */
struct pci_window {
	uint64_t next;			/* first free address */
	uint64_t end;			/* first past it; 0: no window */
	uint64_t to_cpu;		/* add it: what the CPU sees */
	uint64_t hole;
	uint64_t hole_end;
};

struct pci_scan {
	const struct pci_host *host;
	struct pci_window window[PCI_SPACES];
	bool keeps;			/* the BARs' addresses: no `ranges` */
	bool is_prefetched;		/* the host's prefetchable window */
	bool is_full;			/* no bus number was left */
	uint8_t last;			/* number of a bus so far */
};

/* A bus while it is scanned. */
struct pci_bus {
	const struct pci_bus *parent;	/* NULL at the host */
	uint32_t bridge;		/* function on `parent` leading here */
	uint8_t number;
	uint8_t depth;
	uint8_t devices;		/* that there is room for */
	uint64_t end[PCI_SPACES];	/* of what reaches it; 0: nothing */
	uint64_t first[PCI_SPACES];	/* of what is given away behind it */
};

/* Say what is wrong with a function; `text` goes on after its address. */
#define pci_report(scan, function, text, ...)				\
	ukd_err((scan)->host->dev, "%02x:%02x.%x: " text,		\
		UKD_PCI_BUS_OF(function), UKD_PCI_DEVICE_OF(function),	\
		UKD_PCI_FUNCTION_OF(function), __VA_ARGS__)

/** Read configuration space: 1, 2 or 4 bytes. */
uint32_t ukd_pci_get(const struct pci_host *host, uint32_t function,
		     unsigned int offset, unsigned int bytes);

/** Write it. */
void ukd_pci_put(const struct pci_host *host, uint32_t function,
		 unsigned int offset, unsigned int bytes, uint32_t value);

/* The next multiple of a power of two; less than the value when it wraps. */
static inline uint64_t pci_round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) & -unit;
}

/* What runs once, and so is to be small rather than fast. */
#define pci_once	__attribute__((cold))

/** Find the next capability of a function; see ukd_pci_capability(). */
pci_once unsigned int ukd_pci_find(const struct pci_host *host,
				   uint32_t function, uint8_t id,
				   unsigned int after);

/** Read the host's windows. @return 0, or -EINVAL */
pci_once int ukd_pci_windows(struct pci_scan *scan);

/**
 * Take a part of a window, aligned to its size.
 *
 * @param size a power of two
 * @param address set when true is returned
 *
 * @return whether there is one that reaches the bus
 */
pci_once bool ukd_pci_take(struct pci_scan *scan, const struct pci_bus *bus,
		  enum pci_space space, uint64_t size, uint64_t *address);

/**
 * Give a function's BARs addresses and switch their decoding on.
 *
 * @param count of its BARs
 * @param region filled in, if not NULL: `count` of them, accessible
 *
 * @return whether it worked; if not, that was reported
 */
pci_once bool ukd_pci_assign(struct pci_scan *scan, const struct pci_bus *bus,
		    uint32_t function, unsigned int count,
		    struct ukd_region *region);

/** Hand a function on, if a driver lists it or the host wants it. */
pci_once void ukd_pci_offer(struct pci_scan *scan, const struct pci_bus *bus,
		   uint32_t function, uint32_t id);

/** Scan a bus, and those that its bridges lead to. */
pci_once void ukd_pci_scan(struct pci_scan *scan, const struct pci_bus *bus);

/** Make a bridge found on a bus harmless: no numbers, no windows. */
pci_once void ukd_pci_close(const struct pci_scan *scan, uint32_t bridge);

/** Scan what a bridge leads to. */
pci_once void ukd_pci_cross(struct pci_scan *scan, const struct pci_bus *parent,
		   uint32_t bridge);

#endif /* UKD_PCI_SCAN_H */
