"""Driver for the Arm GICv2 interrupt controller: everything about it is in ``ukdriver.toml``."""
