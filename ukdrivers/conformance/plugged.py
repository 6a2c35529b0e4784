"""PCI devices that are plugged into a machine, and what its image should say of them."""

from __future__ import annotations

import dataclasses
import itertools
import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ukdrivers.conformance.tree import Tree

__all__ = ["Device", "Layout", "Window", "compare", "windows_of"]

ROOT = "pcie.0"
#: QEMU's devices by the names that the application has for them; edu masters the bus at 28 bits
#: unless told otherwise, and RAM begins above
KINDS = {
    "edu": "edu,dma_mask=0xffffffffff",
    "testdev": "pci-testdev",
    "memory": "ivshmem-plain,memdev={at}",
}
#: functions that no driver lists: three of one kind, and one with several capabilities of one kind
UNLISTED = tuple(
    f"{device},addr={number:x}"
    for number, device in enumerate((*["pci-ohci"] * 3, "virtio-rng-pci"), 0x10)
)
#: the one that is refused when it is handed over
REFUSED = "12.0"
MEMORY = "memory-backend-ram,id={at},size=1M,share=on"
#: shared interrupts 3 to 6 are the host's INTA to INTD, and the GIC counts those from 32
FIRST_IRQ, PINS = 35, 4

DEVICE = re.compile(r"^device (\S+): (\w+) irq (\d+)$", re.MULTILINE)
BAR = re.compile(
    r"^bar (\S+): (\d) (io|memory) 0x(\w+)\+0x(\w+) on the bus (?:0x)?(\w+)$", re.MULTILINE
)
REPORT = re.compile(r"^\S+ (/\S+): (\w\w:\w\w[.]\w): ", re.MULTILINE)
FUNCTIONS = re.compile(r"^functions of (\S+): (\d+)$", re.MULTILINE)
#: kinds of windows by the code of their space. Source: PCI Bus Binding to IEEE Std 1275-1994,
#: revision 2.1, 2.2.1.1
SPACES = {1: "io", 2: "memory", 3: "memory"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Device:
    """A device that a driver lists.

    :ivar at: bus, device and function, as the path of a device has them
    :ivar bus: QEMU's name of it
    :ivar more: properties
    :ivar host: path of its host; empty: the first
    :ivar is_found: whether it is to be found
    """

    kind: str
    at: str
    bus: str = ROOT
    more: str = ""
    host: str = ""
    is_found: bool = True

    @property
    def slot(self) -> int:
        """Number of the device on its bus."""
        return int(self.at[3:5], 16)

    def arguments(self) -> Iterator[str]:
        """Yield QEMU's arguments for it."""
        name = f"at{self.at.replace(':', '-')}"
        if self.kind == "memory":
            yield from ("-object", MEMORY.format(at=name))
        what = KINDS[self.kind].format(at=name)
        place = f"bus={self.bus},addr={self.slot:x}.{self.at[-1]}"
        yield from ("-device", f"{what},{place}{self.more}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layout:
    """All that is plugged in.

    :ivar bridges: QEMU's devices
    :ivar slots: by QEMU's name of a bus, the slots on the way to it
    :ivar unlisted: the bus with devices that no driver lists, and its number
    :ivar reported: what can't be used, as in ``at``
    :ivar unseen: how many functions no host has a number for
    :ivar of_others: how many functions a host has besides, by its path
    """

    devices: Sequence[Device]
    bridges: Sequence[str] = ()
    slots: Mapping[str, Sequence[int]] = dataclasses.field(default_factory=lambda: {ROOT: ()})
    unlisted: tuple[str, str] = (ROOT, "00")
    reported: Sequence[str] = ()
    unseen: int = 0
    of_others: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def arguments(self) -> Iterator[str]:
        """Yield QEMU's arguments for it."""
        for bridge in self.bridges:
            yield from ("-device", bridge)
        for device in self.devices:
            yield from device.arguments()
        for one in UNLISTED:
            yield from ("-device", f"{one},bus={self.unlisted[0]}")

    def functions(self, host: str) -> dict[str, int]:
        """Return how many functions each host has; the host's own bridge is one."""
        count = 1 + len(self.bridges) + len(self.devices) + len(UNLISTED) - self.unseen
        return {host: count - sum(self.of_others.values()), **self.of_others}

    def irq(self, device: Device) -> int:
        """Return the interrupt of a device's pin A, turned by each slot on its way."""
        return FIRST_IRQ + (sum(self.slots[device.bus]) + device.slot) % PINS


@dataclasses.dataclass(frozen=True, kw_only=True)
class Window:
    """An entry of a host's ``ranges``."""

    kind: str
    child: int
    base: int
    size: int

    def has(self, bar: _Bar) -> bool:
        """Whether a BAR is in it, and where the CPU sees it."""
        return (
            self.kind == bar.kind
            and self.child <= bar.child
            and bar.child + bar.size <= self.child + self.size
            and bar.base - bar.child == self.base - self.child
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Bar:
    path: str
    number: int
    kind: str
    base: int
    size: int
    child: int

    def __str__(self) -> str:
        return f"{self.path}: BAR {self.number} {self.kind} {self.base:#x}+{self.size:#x}"


def windows_of(tree: Tree, host: str) -> list[Window]:
    """Return the windows of a host below the root, whose own addresses have two cells."""
    return [
        Window(kind=SPACES[code >> 24 & 3], child=child, base=base, size=size)
        for code, child, base, size in struct.iter_unpack(">IQQQ", tree[host]["ranges"])
    ]


def compare(text: str, layout: Layout, windows: Mapping[str, Sequence[Window]]) -> dict[str, str]:
    """Return what an image said of its devices that isn't so, by the names of checks.

    :param windows: by the path of their host, the first one's first
    """
    host = next(iter(windows))
    wanted = {f"{one.host or host}/{one.at}": one for one in layout.devices if one.is_found}
    said = {path: (kind, int(irq)) for path, kind, irq in DEVICE.findall(text)}
    functions = {path.rpartition("/")[0]: int(count) for path, count in FUNCTIONS.findall(text)}
    return {
        "found": _differ(
            sorted(f"{path} {kind}" for path, (kind, _) in said.items()),
            sorted(f"{path} {one.kind}" for path, one in wanted.items()),
        ),
        "intx": _differ(
            {path: irq for path, (_, irq) in said.items() if irq},
            {path: layout.irq(one) for path, one in wanted.items() if one.kind == "edu"},
        ),
        "reports": _differ(
            sorted(f"{path}/{at}" for path, at in REPORT.findall(text)),
            sorted(f"{host}/{at}" for at in (f"{layout.unlisted[1]}:{REFUSED}", *layout.reported)),
        ),
        "functions": _differ(functions, layout.functions(host)),
        "windows": _misplaced(list(_bars(text)), windows),
        "io-windows": _differ(
            {bar.path for bar in _bars(text) if bar.kind == "io"},
            {
                path
                for path, one in wanted.items()
                if one.kind == "testdev"
                and any(window.kind == "io" for window in windows[one.host or host])
            },
        ),
    }


def _differ(found: object, wanted: object) -> str:
    if isinstance(found, dict) and isinstance(wanted, dict):
        found, wanted = sorted(found.items()), sorted(wanted.items())
    elif isinstance(found, set) and isinstance(wanted, set):
        found, wanted = sorted(found), sorted(wanted)
    return "" if found == wanted else f"found {found}, wanted {wanted}"


def _bars(text: str) -> Iterator[_Bar]:
    for path, number, kind, base, size, child in BAR.findall(text):
        yield _Bar(
            path=path,
            number=int(number),
            kind=kind,
            base=int(base, 16),
            size=int(size, 16),
            child=int(child, 16),
        )


def _misplaced(bars: list[_Bar], windows: Mapping[str, Sequence[Window]]) -> str:
    """Return the first BAR that is in no window of its host, or where another is."""
    if not bars:
        return "found no BARs"
    for bar in bars:
        if bar.base % bar.size:
            return f"{bar}: isn't aligned"
        if not any(window.has(bar) for window in windows[bar.path.rpartition("/")[0]]):
            return f"{bar}: is in no window of its host"
    bars = sorted(bars, key=lambda bar: bar.base)
    for one, other in itertools.pairwise(bars):
        if one.base + one.size > other.base:
            return f"{one}: overlaps {other}"
    return ""
