/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCI buses, from the host as far as bridges lead.
 *
 * Source:     PCI Local Bus Specification, revision 3.0, 6.1, 6.2.1, 6.2.2;
 *             PCI-to-PCI Bridge Architecture Specification, revision 1.2, 3.2.
 * Supports:   several hosts; bridges, numbered anew; addresses in I/O, 32-bit
 *             and 64-bit memory windows for every function a driver lists;
 *             INTx.
 * Leaves out: what no driver lists (it is switched off); expansion ROMs, MSI,
 *             hot plug, ARI, enhanced allocation, CardBus, waiting for a device
 *             that isn't ready yet.
 */

#include "pci_scan.h"

#include <ukd/errno.h>

#define HOSTS_MAX	4U

#define DEVICES		32U
#define FUNCTIONS	8U

static struct pci_host hosts[HOSTS_MAX];
static unsigned int host_count;

/*
 * Look at one function, and switch off what firmware left on.
 *
 * @return its header type; all ones where there is none
 */
static uint8_t look(struct pci_scan *scan, const struct pci_bus *bus,
		    uint32_t function, bool *is_bridge)
{
	const struct pci_host *host = scan->host;
	uint32_t id = ukd_pci_get(host, function, PCI_ID, 4);
	uint32_t vendor = UKD_FIELD_GET(PCI_ID_VENDOR, id);
	uint8_t header, type;

	if (vendor == 0xffff || !vendor)
		return UINT8_MAX;
	header = (uint8_t)ukd_pci_get(host, function, PCI_HEADER_TYPE, 1);
	type = header & (uint8_t)~PCI_HEADER_MULTI;
	ukd_pci_put(host, function, PCI_COMMAND, 2, 0);
	if (type == PCI_HEADER_DEVICE) {
		ukd_pci_offer(scan, bus, function, id);
	} else if (type == PCI_HEADER_BRIDGE) {
		ukd_pci_close(scan, function);
		*is_bridge = ukd_pci_assign(scan, bus, function,
					    PCI_BRIDGE_BARS, NULL);
	} else {
		pci_report(scan, function, "header type is %#x, wanted %u or %u",
			   type, PCI_HEADER_DEVICE, PCI_HEADER_BRIDGE);
	}
	return header;
}

/* Look at the functions of a device. @return which are bridges to be crossed */
static uint32_t look_all(struct pci_scan *scan, const struct pci_bus *bus,
			 uint32_t first)
{
	unsigned int number, count = 1;
	uint32_t bridges = 0;

	for (number = 0; number < count; number++) {
		bool is_bridge = false;
		uint8_t header = look(scan, bus, first + number, &is_bridge);

		if (is_bridge)
			bridges |= UKD_BIT(number);
		/* all ones aren't a header with many functions */
		if (header != UINT8_MAX && header & PCI_HEADER_MULTI)
			count = FUNCTIONS;
	}
	return bridges;
}

/*
 * The bus's own functions come first: so what is behind a bridge is in one
 * piece, and no bridge that isn't crossed yet answers for it.
 */
void ukd_pci_scan(struct pci_scan *scan, const struct pci_bus *bus)
{
	const uint32_t first = UKD_PCI_FUNCTION(bus->number, 0, 0);
	uint8_t bridges[DEVICES];	/* bits: functions */
	unsigned int device, number;

	for (device = 0; device < bus->devices; device++)
		bridges[device] = (uint8_t)look_all(scan, bus, first +
						    device * FUNCTIONS);
	for (device = 0; device < bus->devices; device++) {
		for (number = 0; bridges[device] >> number; number++) {
			if (bridges[device] & UKD_BIT(number))
				ukd_pci_cross(scan, bus, first + number +
					      device * FUNCTIONS);
		}
	}
}

int ukd_pci_host_add(const struct ukd_device *dev, const struct ukd_pci_ops *ops,
		     void *self, uint8_t first, uint8_t last)
{
	struct pci_bus bus = { .number = first, .devices = DEVICES };
	struct pci_scan scan = { .last = first };
	struct pci_host *host;
	unsigned int space;
	int rc;

	if (host_count == HOSTS_MAX) {
		ukd_err(dev, "left out, the image has %u PCI hosts already",
			HOSTS_MAX);
		return -ENOMEM;
	}
	host = &hosts[host_count];
	*host = (struct pci_host){
		.dev = dev, .ops = ops, .self = self,
		.first = first, .last = last,
	};
	scan.host = host;
	rc = ukd_pci_windows(&scan);
	if (rc)
		return rc;

	host_count++;
	for (space = 0; space < PCI_SPACES; space++)
		bus.end[space] = scan.window[space].end;
	ukd_pci_scan(&scan, &bus);
	return 0;
}
