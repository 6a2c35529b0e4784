"""Driver for the Arm PL031 real-time clock: everything about it is in ``ukdriver.toml``."""
