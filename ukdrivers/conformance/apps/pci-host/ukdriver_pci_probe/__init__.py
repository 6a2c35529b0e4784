"""Driver `pci-probe`: hands PCI devices to the application that looks at them."""
