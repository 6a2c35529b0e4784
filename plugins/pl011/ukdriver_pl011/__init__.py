"""Driver for the Arm PL011 UART: everything about it is in ``ukdriver.toml``."""
