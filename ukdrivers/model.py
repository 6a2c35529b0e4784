"""The values that pass between stages: frozen, keyword-only, and free of behaviour.

A field that is a file or folder is an absolute path as text: the registry is on the path of every
command, and importing :mod:`pathlib` there would cost a tenth of a whole cold run.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ukdrivers.installed import Driver, Host, Platform, Problem, Registry, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Board",
    "BootLog",
    "Config",
    "Declared",
    "Driver",
    "Host",
    "Ignored",
    "Image",
    "Interrupt",
    "Match",
    "Matches",
    "Menu",
    "MenuEntry",
    "Node",
    "Platform",
    "Problem",
    "Region",
    "Registry",
    "Rejected",
    "Rival",
    "Selected",
    "Selection",
    "Slot",
    "Symbol",
    "Wiring",
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Region:
    """A range of CPU physical addresses, in bytes."""

    base: int
    size: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Interrupt:
    """One interrupt of a node, as the binding of the controller that takes it writes it."""

    parent: str  #: path of that controller, behind every ``interrupt-map`` on the way
    cells: tuple[int, ...]  #: 32-bit cells


@dataclasses.dataclass(frozen=True, kw_only=True)
class Node:
    """One node of a device tree."""

    path: str
    compatible: tuple[str, ...]  #: most specific first; empty: not a device
    status: str  #: ``okay`` when the property is absent
    enabled: bool  #: own status and that of every ancestor is ``okay`` (or ``ok``)
    regions: tuple[Region, ...]  #: ``reg`` translated through every ``ranges`` to the root
    interrupts: tuple[Interrupt, ...]
    properties: Mapping[str, bytes]
    phandle: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Board:
    """One device tree and what follows from it."""

    source: str  #: what the user named: a file, or ``qemu:virt,…``
    compatible: tuple[str, ...]  #: of the root node
    model: str
    nodes: tuple[Node, ...]  #: tree order, all of them, disabled ones too
    memory: tuple[Region, ...]
    interrupt_parent: str | None  #: path of the root's interrupt controller
    stdout: str | None  #: path of the console that ``/chosen`` names
    cpus: tuple[str, ...]  #: first compatible string of each CPU node
    blob: bytes  #: the flattened tree itself


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rival:
    """A driver that lists one of a node's compatible strings."""

    driver: Driver
    compatible: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Match:
    """A node that at least one driver lists, and all who do."""

    node: Node
    rivals: tuple[Rival, ...]  #: best first: most specific string, then by driver name
    reason: str  #: why the first of them is the best


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ignored:
    """A node that needs no driver, or gets none, and why."""

    node: Node
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Matches:
    """Every node of the board, once: bound, ignored with a reason, or unclaimed."""

    found: tuple[Match, ...]
    ignored: tuple[Ignored, ...]
    unclaimed: tuple[Ignored, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Selected:
    """A driver that goes into the image, and why."""

    driver: Driver
    nodes: tuple[Node, ...]  #: that it is bound to, in tree order
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rejected:
    """An installed driver that can't go into this image, and why."""

    driver: Driver
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Selection:
    """The drivers this platform can use, and those of them that the board needs."""

    platform: Platform
    arch: str
    usable: tuple[Driver, ...]  #: by name: what the menu offers
    selected: tuple[Selected, ...]  #: by name: what the board turns on by default
    rejected: tuple[Rejected, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """One visible entry of the driver menu."""

    symbol: str
    driver: Driver
    default: bool
    comment: str  #: which node asked for it, or that none did


@dataclasses.dataclass(frozen=True, kw_only=True)
class Menu:
    """The driver menu: Kconfig text and what it offers."""

    text: str  #: of ``Config.uk``
    entries: tuple[MenuEntry, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Symbol:
    """One evaluated Kconfig symbol."""

    name: str
    value: str
    origin: str  #: ``command line``, ``file``, ``board`` or ``default``


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """The evaluated configuration."""

    text: str  #: of ``.config``
    symbols: Mapping[str, Symbol]

    def is_on(self, name: str) -> bool:
        """Whether a bool symbol is ``y``."""
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.value == "y"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Declared:
    """What a driver's C says of itself, read from its preprocessed source."""

    name: str
    class_: str
    compatible: tuple[str, ...]  #: in table order
    exported: tuple[str, ...]  #: symbols with external linkage that the source defines
    location: str  #: ``file:line`` of the driver object


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wiring:
    """The files that wire a driver set into a host: relative path to text."""

    files: Mapping[str, str]
    drivers: tuple[Driver, ...]  #: in table order


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """A built image."""

    path: str  #: the Linux arm64 boot image
    elf: str  #: the same with symbols
    drivers: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class BootLog:
    """What a booted image wrote on its console."""

    lines: tuple[str, ...]
    status: int  #: exit status of QEMU
    seconds: float
    command: tuple[str, ...]
