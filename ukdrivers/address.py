"""Address: where each driver has the addresses of its devices from, as options of the menu.

In:  the drivers of a menu (from :mod:`ukdrivers.menu`); later the evaluated configuration.
Out: Kconfig lines; the mode of each driver (to :mod:`ukdrivers.wire`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ukdrivers.errors import WireError
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.model import Config, Driver, Node

__all__ = [
    "BUILT_IN",
    "BY_HAND",
    "CHECK",
    "SCAN",
    "ByHand",
    "by_hand",
    "global_lines",
    "lines",
    "mode",
]

SCAN, BUILT_IN, BY_HAND = "SCAN", "BUILT_IN", "BY_HAND"

CHOICE = "LIBUKD_ADDRESSES"
CHECK = "LIBUKD_CHECK_TREE"

#: A menu with more drivers has a driver's own choice only where the board asks for the driver:
#: each costs twenty lines, and kconfiglib reads them all each time.
MANY = 100

#: what only a scanned bus finds
FOUND = re.compile(r"pci[0-9a-f]{1,4},|pciclass,|virtio,device")

GLOBAL = f"""\
choice
\tprompt "Device addresses"
\tdefault {CHOICE}_SCAN

config {CHOICE}_SCAN
\tbool "scanned"
\thelp
\t  From the device tree that the image is given when it starts.

config {CHOICE}_BUILT_IN
\tbool "built in"
\thelp
\t  From the device tree of the board that the image is made for. The
\t  image runs on no other board, and has no code that reads trees.

config {CHOICE}_BY_DRIVER
\tbool "chosen for each driver"

endchoice

config {CHECK}
\tbool "Stop when the device tree isn't the one built in"
\tdepends on !{CHOICE}_SCAN
\tdefault y
\thelp
\t  Compares a hash of both. Without it, an image in which nothing is
\t  scanned needs no device tree at all.
"""

DRIVER = """\
if {symbol} && {choice}_BY_DRIVER

choice
\tprompt "Addresses of {name}"
\tdefault {symbol}_SCAN

config {symbol}_SCAN
\tbool "scanned"

config {symbol}_BUILT_IN
\tbool "built in"

config {symbol}_BY_HAND
\tbool "by hand"

endchoice

if {symbol}_BY_HAND

config {symbol}_BASE
\thex "Base address of the registers"
\tdefault {base:#x}

config {symbol}_SIZE
\thex "Size of the registers"
\tdefault {size:#x}

config {symbol}_IRQ
\tint "Interrupt, as its controller numbers it; -1: none"
\tdefault -1

config {symbol}_IRQ_EDGE
\tbool "The interrupt is edge-triggered"

endif

endif
"""


def global_lines() -> list[str]:
    """Return the menu's lines that are for all drivers."""
    return [*GLOBAL.splitlines(), ""]


def lines(driver: Driver, nodes: Sequence[Node], drivers: int) -> list[str]:
    """Return a driver's own lines; none: it has no addresses, or the menu is too long.

    :param nodes: of the board that the driver is bound to
    :param drivers: how many are in the menu
    """
    if (drivers > MANY and not nodes) or _is_found(driver):
        return []
    first = next((region for node in nodes[:1] for region in node.regions[:1]), None)
    text = DRIVER.format(
        symbol=driver.symbol,
        choice=CHOICE,
        name=driver.name,
        base=first.base if first else 0,
        size=first.size if first else 0x1000,
    )
    return [*text.splitlines(), ""]


def _is_found(driver: Driver) -> bool:
    return all(FOUND.match(one) for one in driver.compatible)


def mode(config: Config, driver: Driver) -> str:
    """Return where a driver has its addresses from; empty: a bus finds all of its devices."""
    if _is_found(driver):
        return ""
    if config.is_on(f"{CHOICE}_BUILT_IN"):
        return BUILT_IN
    for one in (BUILT_IN, BY_HAND):
        if config.is_on(f"{driver.symbol}_{one}"):
            return one
    return SCAN


class ByHand(Value):
    """What was typed in for a driver: one device."""

    base: int
    size: int
    irq: int  #: as the controller numbers it; -1: none
    is_edge: bool


def by_hand(config: Config, driver: Driver) -> ByHand:
    """Return what was typed in for a driver.

    :raises WireError: it can't be the addresses of a device
    """
    if driver.class_ == "irqchip":
        raise WireError(
            f"{driver.symbol}_BY_HAND: {driver.name} is an interrupt controller, which takes more "
            "than one address, wanted it scanned or built in"
        )
    base, size, irq = (
        int(config.symbols[f"{driver.symbol}_{name}"].value, 0) for name in ("BASE", "SIZE", "IRQ")
    )
    if not base or not size:
        what = "SIZE" if base else "BASE"
        raise WireError(f"{driver.symbol}_{what}: is 0x0, wanted that of the device's registers")
    if base + size > 1 << 64:
        raise WireError(f"{driver.symbol}_SIZE: reaches beyond 64 bits of address")
    is_edge = config.is_on(f"{driver.symbol}_IRQ_EDGE")
    return ByHand(base=base, size=size, irq=irq, is_edge=is_edge)
