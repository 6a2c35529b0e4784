"""Driver for PCI host bridges with ECAM: everything about it is in ``ukdriver.toml``."""
