"""The values that pass between stages: frozen, keyword-only, and free of behaviour.

A field that is a file or folder is an absolute path as text: the registry is on the path of every
command, and importing :mod:`pathlib` there would cost a tenth of a whole cold run.
"""

from __future__ import annotations

from ukdrivers.installed import Driver, Host, Platform, Problem, Registry, Rule, Slot
from ukdrivers.values import Value

TYPE_CHECKING = False
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
    "Rule",
    "Selected",
    "Selection",
    "Slot",
    "Symbol",
    "Wiring",
]


class Region(Value):
    """A range of CPU physical addresses, in bytes."""

    base: int
    size: int


class Interrupt(Value):
    """One interrupt of a node, as the binding of the controller that takes it writes it."""

    parent: str  #: path of that controller, behind every ``interrupt-map`` on the way
    cells: tuple[int, ...]  #: 32-bit cells


class Node(Value):
    """One node of a device tree."""

    path: str
    compatible: tuple[str, ...]  #: most specific first; empty: not a device
    status: str  #: ``okay`` when the property is absent
    enabled: bool  #: own status and that of every ancestor is ``okay`` (or ``ok``)
    regions: tuple[Region, ...]  #: ``reg`` translated through every ``ranges`` to the root
    interrupts: tuple[Interrupt, ...]
    properties: Mapping[str, bytes]
    phandle: int | None = None
    fault: str = ""  #: why the registers or interrupts can't be worked out, with the node's path

    def value(self, name: str) -> bytes | None:
        """Return one property's value; none: there is no such property."""
        return self.properties.get(name)


class Board(Value):
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

    def having(self, name: str) -> list[Node]:
        """Return the nodes that have a property of that name."""
        return [node for node in self.nodes if node.value(name) is not None]


class Rival(Value):
    """A driver that lists one of a node's compatible strings."""

    driver: Driver
    compatible: str


class Match(Value):
    """A node that at least one driver lists, and all who do."""

    node: Node
    rivals: tuple[Rival, ...]  #: best first: most specific string, then by driver name
    reason: str  #: why the first of them is the best


class Ignored(Value):
    """A node that needs no driver, or gets none, and why."""

    node: Node
    reason: str


class Matches(Value):
    """Every node of the board, once: bound, ignored with a reason, or unclaimed."""

    found: tuple[Match, ...]
    ignored: tuple[Ignored, ...]
    unclaimed: tuple[Ignored, ...]


class Selected(Value):
    """A driver that goes into the image, and why."""

    driver: Driver
    nodes: tuple[Node, ...]  #: that it is bound to, in tree order
    reason: str


class Rejected(Value):
    """An installed driver that can't go into this image, and why."""

    driver: Driver
    reason: str


class Selection(Value):
    """The drivers this platform can use, and those of them that the board needs."""

    platform: Platform
    arch: str
    usable: tuple[Driver, ...]  #: by name: what the menu offers
    selected: tuple[Selected, ...]  #: by name: what the board turns on by default
    rejected: tuple[Rejected, ...]


class MenuEntry(Value):
    """One visible entry of the driver menu."""

    symbol: str
    driver: Driver
    default: bool
    comment: str  #: which node asked for it, or that none did


class Menu(Value):
    """The driver menu: Kconfig text and what it offers."""

    text: str  #: of ``Config.uk``
    entries: tuple[MenuEntry, ...]
    offers: tuple[str, ...] = ()  #: interfaces that the platform brings itself


class Symbol(Value):
    """One evaluated Kconfig symbol."""

    name: str
    value: str
    origin: str  #: ``command line``, ``file``, ``board`` or ``default``


class Config(Value):
    """The evaluated configuration."""

    text: str  #: of ``.config``
    symbols: Mapping[str, Symbol]

    def is_on(self, name: str) -> bool:
        """Whether a bool symbol is ``y``."""
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.value == "y"


class Declared(Value):
    """What a driver's C says of itself, read from its preprocessed source."""

    name: str
    class_: str
    compatible: tuple[str, ...]  #: in table order
    exported: tuple[str, ...]  #: symbols with external linkage that the source defines
    location: str  #: ``file:line`` of the driver object


class Wiring(Value):
    """The files that wire a driver set into a host: relative path to text."""

    files: Mapping[str, str]
    drivers: tuple[Driver, ...]  #: in table order


class Image(Value):
    """A built image."""

    path: str  #: the Linux arm64 boot image
    elf: str  #: the same with symbols
    drivers: tuple[str, ...]


class BootLog(Value):
    """What a booted image wrote on its console."""

    lines: tuple[str, ...]
    status: int  #: exit status of QEMU
    seconds: float
    command: tuple[str, ...]
