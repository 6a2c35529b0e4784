"""Driver for virtio devices on PCI: everything about it is in ``ukdriver.toml``."""
