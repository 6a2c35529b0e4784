"""Driver for virtio devices behind registers: everything about it is in ``ukdriver.toml``."""
