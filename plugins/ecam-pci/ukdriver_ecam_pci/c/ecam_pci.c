/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI host bridge whose configuration space is memory: 4 KiB a function.
 *
 * Source:     PCI Express Base Specification, Revision 5.0, Version 1.0, 7.2.2
 *             (Enhanced Configuration Access Mechanism); binding
 *             pci/host-generic-pci.yaml.
 * Supports:   any bus-range, a region smaller than that, several hosts.
 * Leaves out: message-signalled interrupts, IOMMUs.
 * Assumes:    the region is mapped Device-nGnRnE, so that a write has arrived
 *             when the next instruction starts; callers serialise.
 */

#include <ukd/bits.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/log.h>
#include <ukd/mmio.h>
#include <ukd/pci.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits */

#define ECAM_HOSTS_MAX		4

#define ECAM_FUNCTION_BYTES	0x1000U
#define ECAM_BUS_BYTES		0x100000U
#define ECAM_BUSES_MAX		256U

_Static_assert(UKD_PCI_FUNCTION(1, 0, 0) * ECAM_FUNCTION_BYTES ==
	       ECAM_BUS_BYTES, "32 devices of 8 functions");

/* State */

struct ecam_pci {
	uintptr_t base;		/* of the first bus; 0: not started */
	uint32_t first;		/* function; the window begins with it */
	uint32_t count;		/* of functions */
};

static struct ecam_pci ecam_pci_hosts[ECAM_HOSTS_MAX];

/* Register access */

/* A function's registers; 0 for what isn't there or no whole access. */
static uintptr_t ecam_pci_at(const struct ecam_pci *ecam, uint32_t function,
			     unsigned int offset, unsigned int bytes)
{
	/* below the first, it wraps and is none either */
	function -= ecam->first;
	if (function >= ecam->count || offset >= ECAM_FUNCTION_BYTES ||
	    offset & (bytes - 1))
		return 0;
	return ecam->base + (uintptr_t)function * ECAM_FUNCTION_BYTES + offset;
}

/* Class operations */

static uint32_t ecam_pci_read(void *self, uint32_t function,
			      unsigned int offset, unsigned int bytes)
{
	uintptr_t at = ecam_pci_at(self, function, offset, bytes);

	if (!at)
		return UINT32_MAX;
	switch (bytes) {
	case 1:
		return ukd_mmio_read8(at, 0);
	case 2:
		return ukd_mmio_read16(at, 0);
	default:
		return ukd_mmio_read32(at, 0);
	}
}

static void ecam_pci_write(void *self, uint32_t function, unsigned int offset,
			   unsigned int bytes, uint32_t value)
{
	uintptr_t at = ecam_pci_at(self, function, offset, bytes);

	if (!at)
		return;
	switch (bytes) {
	case 1:
		ukd_mmio_write8(at, 0, (uint8_t)value);
		break;
	case 2:
		ukd_mmio_write16(at, 0, (uint16_t)value);
		break;
	default:
		ukd_mmio_write32(at, 0, value);
	}
}

static const struct ukd_pci_ops ecam_pci_ops = {
	.read = ecam_pci_read,
	.write = ecam_pci_write,
};

/* Probe */

/* Two cells, the first and the last number; all buses without them. */
static int ecam_pci_bus_range(const struct ukd_device *dev, uint32_t *first,
			      uint32_t *last)
{
	size_t size;
	const uint32_t *cell = ukd_property(dev, "bus-range", &size);

	*first = 0;
	*last = ECAM_BUSES_MAX - 1;
	if (!cell)
		return 0;
	if (size == 2 * sizeof(*cell)) {
		*first = ukd_be32(cell[0]);
		*last = ukd_be32(cell[1]);
		if (*first <= *last && *last < ECAM_BUSES_MAX)
			return 0;
	}
	ukd_err(dev, "bus-range: want two numbers up to %u, the lower one first",
		ECAM_BUSES_MAX - 1);
	return -EINVAL;
}

/* The window begins with the first bus of the range, not with bus 0. */
static int ecam_pci_probe(const struct ukd_device *dev, const void *variant)
{
	struct ecam_pci *ecam = ecam_pci_hosts;
	uint32_t first, last;
	size_t buses;
	int rc;

	(void)variant;	/* one layout only; see ecam_pci_match */

	buses = dev->region_count ? dev->region[0].size / ECAM_BUS_BYTES : 0;
	if (!buses) {
		ukd_err(dev, "reg: want a window of at least %#x bytes",
			ECAM_BUS_BYTES);
		return -EINVAL;
	}
	rc = ecam_pci_bus_range(dev, &first, &last);
	if (rc)
		return rc;
	if (buses <= last - first) {
		ukd_warn(dev, "reg: the window ends with bus %u, bus-range with %u",
			 first + (unsigned int)buses - 1, last);
		last = first + (uint32_t)buses - 1;
	}

	while (ecam < &ecam_pci_hosts[ECAM_HOSTS_MAX] && ecam->base)
		ecam++;
	if (ecam == &ecam_pci_hosts[ECAM_HOSTS_MAX]) {
		ukd_err(dev, "left out, the image has %u hosts already",
			ECAM_HOSTS_MAX);
		return -ENOMEM;
	}
	ecam->base = dev->region[0].base;
	ecam->first = UKD_PCI_FUNCTION(first, 0, 0);
	ecam->count = UKD_PCI_FUNCTION(last + 1 - first, 0, 0);
	rc = ukd_pci_host_add(dev, &ecam_pci_ops, ecam, (uint8_t)first,
			      (uint8_t)last);
	if (rc)
		ecam->base = 0;
	return rc;
}

/* Match table and driver object: the only exported symbol */

static const struct ukd_match ecam_pci_match[] = {
	{ .compatible = "pci-host-ecam-generic" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_ecam_pci;
const struct ukd_driver ukd_driver_ecam_pci = {
	.name = "ecam-pci",
	.class = UKD_CLASS_PCI_HOST,
	.match = ecam_pci_match,
	.probe = ecam_pci_probe,
};
