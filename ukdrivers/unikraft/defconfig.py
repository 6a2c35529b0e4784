"""Defconfig: a configuration to start from, that boots on the board.

In:  the tree, the selection, the board's CPU and what the user set.
Out: text of a defconfig, or of a part to append to one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ukdrivers.fragment import ARCH_SYMBOLS
from ukdrivers.kconfig import platform_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ukdrivers.model import Selection
    from ukdrivers.unikraft.tree import Tree

__all__ = ["defconfig"]

#: where the tree lists the processors that it can be compiled for
CPUS = "arch/arm/arm64/Config.uk"

#: the least of the Armv8 processors: what is compiled for it runs on the others
CPU = "MCPU_ARM64_CORTEX_A53"


def defconfig(
    tree: Tree, selection: Selection, *, cpu: str | None, values: Mapping[str, str]
) -> str:
    """Write the settings without which a board may not boot, then the user's.

    Left alone, a tree is compiled for Armv8.5 with a random number generator, and traps on an older
    processor as soon as a thread sleeps. Compiled for an older one, its library for random numbers
    does not link.

    :param cpu: compatible string of the board's first CPU, e.g. ``arm,cortex-a72``
    """
    settings = {
        ARCH_SYMBOLS[selection.arch]: "y",
        platform_symbol(selection.platform.name): "y",
        _processor(tree, cpu): "y",
    }
    if tree.has("lib/ukrandom"):
        settings["LIBUKRANDOM"] = "n"
    settings |= {one.driver.symbol: "y" for one in selection.selected}
    settings |= {name: value for name, value in values.items() if not _is_absent(name, selection)}
    return "".join(_line(name, value) for name, value in settings.items())


def _processor(tree: Tree, cpu: str | None) -> str:
    """Return the symbol of a processor; that of the least if the tree doesn't know it."""
    name = (cpu or "").rpartition(",")[2].upper().replace("-", "_")
    symbol = f"MCPU_ARM64_{name}"
    known = re.findall(r"^\s*config\s+(\w+)", tree.text(CPUS), re.MULTILINE)
    return symbol if symbol in known else CPU


def _is_absent(name: str, selection: Selection) -> bool:
    """Whether an option belongs to a driver that is left out, and so would be unknown."""
    left_out = (one.driver.symbol for one in selection.rejected)
    return any(name == symbol or name.startswith(f"{symbol}_") for symbol in left_out)


def _line(name: str, value: str) -> str:
    return f"# CONFIG_{name} is not set\n" if value == "n" else f"CONFIG_{name}={value}\n"
