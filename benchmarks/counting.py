"""Guest instructions between places of an image, counted by QEMU under ``-icount shift=0``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MACHINE", "compiled", "counted", "machine", "symbols"]

QUIET = ("-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio")


def machine(gic_version: int) -> tuple[str, ...]:
    """Return the arguments for the machine that figures are taken on."""
    return ("-M", f"virt,gic-version={gic_version}", "-cpu", "cortex-a53", "-m", "64")


MACHINE = machine(2)


def compiled(folder: str, name: str) -> str:
    """Compile one of QEMU's plugins here, once a folder, and return its path."""
    plugin = os.path.join(folder, f"{name}.so")
    if not os.path.exists(plugin):
        source = os.path.join(ROOT, "benchmarks", f"{name}.c")
        flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        run(["gcc", *flags, "-o", plugin, source])
    return plugin


def counted(
    plugin: str, image: str, *, marks: str = "", where: Sequence[str] = MACHINE
) -> list[list[int]]:
    """Boot an image that powers off by itself and return the lines of numbers the plugin wrote."""
    result = f"{image}.counted"
    words = ",".join(word for word in (plugin, f"out={result}", marks) if word)
    counting = ("-icount", "shift=0", "-plugin", words)
    console = run(["qemu-system-aarch64", *where, *QUIET, *counting, "-kernel", image])
    if not console.rstrip().endswith("ukdrivers: power off"):
        sys.exit(f"{image}: did not power off by itself:\n{console}")
    with open(result, encoding="ascii") as file:
        return [[int(number) for number in line.split()] for line in file]


def symbols(elf: str) -> dict[str, int]:
    """Return the address of each symbol."""
    lines = map(str.split, run(["aarch64-linux-gnu-nm", elf]).splitlines())
    return {name: int(address, 16) for address, _, name in lines}
