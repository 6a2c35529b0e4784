"""Driver for virtio network devices: everything about it is in ``ukdriver.toml``."""
