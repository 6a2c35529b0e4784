"""Driver for 16550-compatible UARTs: everything about it is in ``ukdriver.toml``."""
