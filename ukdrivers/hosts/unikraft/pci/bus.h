/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the PCI bus share. */
#ifndef UKD_PCI_BUS_H
#define UKD_PCI_BUS_H

#include <uk/bus/pci.h>

/** The first driver that serves a function; NULL: none does. */
struct pci_driver *ukd_bus_pci_driver(const struct pci_device_id *id);

/** The heap that devices come from. */
struct uk_alloc *ukd_bus_pci_heap(void);

#endif /* UKD_PCI_BUS_H */
