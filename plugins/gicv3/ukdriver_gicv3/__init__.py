"""Driver for the Arm GICv3 interrupt controller: everything about it is in ``ukdriver.toml``."""
