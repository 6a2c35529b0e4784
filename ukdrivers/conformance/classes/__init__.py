"""One module a class of drivers: the checks of its suite on QEMU."""
