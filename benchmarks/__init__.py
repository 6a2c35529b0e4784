"""Figures the project keeps; run with ``make bench``."""
