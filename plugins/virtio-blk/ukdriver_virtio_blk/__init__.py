"""Driver for virtio disks: everything about it is in ``ukdriver.toml``."""
