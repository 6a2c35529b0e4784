/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions: the strings that drivers list them by, and their interrupt.
 *
 * Source: PCI Bus Binding to IEEE Std 1275-1994, revision 2.1 ("Binding");
 *         PCI-to-PCI Bridge Architecture Specification, revision 1.2
 *         ("Bridge"); PCI Local Bus Specification, revision 3.0.
 */

#include "pci_scan.h"

#include <ukd/bus.h>
#include <ukd/core.h>
#include <ukd/errno.h>

/*
 * A function's strings, each with its zero; a digit stands for a field. The
 * first three are of one with a subsystem. Source: Binding, `compatible`.
 */
#define STRINGS_SUBSYSTEM \
	"pci0,1.2.3.4\0" "pci0,1.2.3\0" "pci2,3\0"
#define STRINGS \
	"pci0,1.4\0" "pci0,1\0" "pciclass,5\0" "pciclass,6"

/* 121 bytes at most. */
#define STRINGS_SIZE	128

#define PINS		4U

_Static_assert(UKD_REGIONS_MAX >= UKD_PCI_BARS, "region[n] is BAR n");
_Static_assert(UKD_PCI_BARS == PCI_DEVICE_BARS, "of a device");

/* Strings */

/* A number that stands in a text. */
struct field {
	uint32_t value;
	uint32_t digits;	/* hexadecimal, at least */
};

static char *put_hex(char *text, struct field field)
{
	unsigned int shift = 28;

	while (shift >= 4 * field.digits && !(field.value >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		*text++ = "0123456789abcdef"[field.value >> shift & 0xf];
		if (!shift)
			return text;
	}
}

/* Write a pattern of so many bytes. @return past the last one written */
static char *put(char *text, const char *pattern, size_t size,
		 const struct field *field)
{
	const char *end = pattern + size;

	for (; pattern != end; pattern++) {
		if (*pattern >= '0' && *pattern <= '9')
			text = put_hex(text, field[*pattern - '0']);
		else
			*text++ = *pattern;
	}
	return text;
}

/* The strings of a function, most specific first. @return how many bytes */
static size_t put_strings(char *strings, uint32_t id, uint32_t subsystem,
			  uint32_t class)
{
	static const char all[] = STRINGS_SUBSYSTEM STRINGS;
	const struct field field[] = {
		{ UKD_FIELD_GET(PCI_ID_VENDOR, id), 1 },
		{ UKD_FIELD_GET(PCI_ID_DEVICE, id), 1 },
		{ UKD_FIELD_GET(PCI_ID_VENDOR, subsystem), 1 },
		{ UKD_FIELD_GET(PCI_ID_DEVICE, subsystem), 1 },
		{ UKD_FIELD_GET(PCI_CLASS_REVISION, class), 1 },
		{ class >> 8, 6 },
		{ class >> 16, 4 },
	};
	size_t left_out = subsystem & PCI_ID_VENDOR ?
			  0 : sizeof(STRINGS_SUBSYSTEM) - 1;

	return (size_t)(put(strings, all + left_out, sizeof(all) - left_out,
			    field) - strings);
}

static bool is_listed(const char *strings, size_t size)
{
	const char *text = strings;

	while (text < strings + size) {
		if (ukd_has_driver(text))
			return true;
		while (*text++)
			;
	}
	return false;
}

static void put_name(char *name, uint32_t function)
{
	const struct field field[] = {
		{ UKD_PCI_BUS_OF(function), 2 },
		{ UKD_PCI_DEVICE_OF(function), 2 },
		{ UKD_PCI_FUNCTION_OF(function), 1 },
	};
	static const char pattern[] = "0:1.2";

	put(name, pattern, sizeof(pattern), field);
}

/* Interrupt */

/**
 * Find the interrupt of a function: each bridge on the way to the host turns
 * its pin by the number of the device, and stands in for it.
 *
 * Source: Bridge 9.1; Binding 2.2.1 (the unit address).
 */
static void find_irq(const struct pci_scan *scan, const struct pci_bus *bus,
		     struct ukd_device *found)
{
	uint32_t function = found->unit, unit[3] = { 0 }, specifier, pin;
	int rc;

	pin = ukd_pci_get(scan->host, function, PCI_INTERRUPT_PIN, 1);
	if (!pin)
		return;
	if (pin > PINS) {
		pci_report(scan, function, "interrupt pin is %u, wanted 1 to %u",
			   pin, PINS);
		return;
	}
	for (; bus->parent; bus = bus->parent) {
		pin = (pin - 1 + UKD_PCI_DEVICE_OF(function)) % PINS + 1;
		function = bus->bridge;
	}
	unit[0] = ukd_be32(function << 8);
	specifier = ukd_be32(pin);
	rc = ukd_irq_map(scan->host->dev, unit, &specifier, &found->irq[0]);
	if (rc)
		pci_report(scan, found->unit, "interrupt-map: no interrupt for %02x:%02x.%x pin %u (error %d)",
			   UKD_PCI_BUS_OF(function),
			   UKD_PCI_DEVICE_OF(function),
			   UKD_PCI_FUNCTION_OF(function), pin, rc);
	else
		found->irq_count = 1;
}

/* Of hosts that have no drivers of their own. */
pci_once __attribute__((weak)) int ukd_pci_unlisted(const struct ukd_device *dev)
{
	(void)dev;
	return -ENODEV;
}

void ukd_pci_offer(struct pci_scan *scan, const struct pci_bus *bus,
		   uint32_t function, uint32_t id)
{
	const struct pci_host *host = scan->host;
	char strings[STRINGS_SIZE], name[sizeof("00:00.0")];
	struct ukd_device found = { .bus = host, .unit = function };
	bool listed;
	size_t size;
	int rc;

	size = put_strings(strings, id,
			   ukd_pci_get(host, function, PCI_DEVICE_SUBSYSTEM, 4),
			   ukd_pci_get(host, function, PCI_CLASS, 4));
	listed = is_listed(strings, size);
	if (!listed && ukd_pci_unlisted(&found))
		return;

	ukd_pci_put(host, function, PCI_DEVICE_ROM, 4, 0);
	if (!ukd_pci_assign(scan, bus, function, UKD_PCI_BARS, found.region))
		return;
	found.region_count = UKD_PCI_BARS;
	find_irq(scan, bus, &found);

	put_name(name, function);
	rc = listed ? ukd_device_add(host->dev, &found, name, strings, size)
		    : ukd_pci_unlisted(&found);
	if (rc) {
		ukd_pci_put(host, function, PCI_COMMAND, 2, 0);
		pci_report(scan, function, "left (error %d)", rc);
	}
}
