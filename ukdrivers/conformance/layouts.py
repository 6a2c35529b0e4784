"""What suite ``pci-host`` plugs in, and how it changes the machine's device tree.

The trees say no more than is there: QEMU's one host has 256 buses, of which a node may show some,
and a second root at bus 128.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ukdrivers.conformance.plugged import ROOT, Device, Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.conformance.tree import Tree

__all__ = [
    "BRIDGES", "LARGE", "LARGE_BEHIND", "MANY", "PLAIN", "SECOND_ROOT", "SWITCH", "TOO_LARGE",
    "TWO_BUSES", "TWO_ROOTS", "disabled_twin", "from_128", "no_io", "two_buses", "two_hosts",
]  # fmt: skip

BUS_BYTES = 1 << 20
OTHER = "/pcie@20000000"
IO, MEMORY, MEMORY_64 = 0x01000000, 0x02000000, 0x03000000
RANGE = struct.Struct(">IQQQ")


def _edu(at: str, bus: str = ROOT, **more: str | bool) -> Device:
    return Device(kind="edu", at=at, bus=bus, **more)  # type: ignore[arg-type]


def _test(at: str, bus: str = ROOT, size: str = "", **more: str | bool) -> Device:
    membar = f",membar={size}" if size else ""
    return Device(kind="testdev", at=at, bus=bus, more=membar, **more)  # type: ignore[arg-type]


def _memory(at: str, bus: str = ROOT, **more: str | bool) -> Device:
    return Device(kind="memory", at=at, bus=bus, **more)  # type: ignore[arg-type]


PLAIN = Layout(
    devices=(_edu("00:01.0"), _edu("00:02.0"), _test("00:03.0"), _test("00:04.0"),
             _memory("00:05.0")),
)  # fmt: skip

#: on the root bus, behind a bridge, and behind another one there
BRIDGES = Layout(
    bridges=(
        "pcie-root-port,id=link,chassis=1,addr=5",
        "pcie-pci-bridge,id=first,bus=link",
        "pci-bridge,id=second,chassis_nr=2,bus=first,addr=7",
    ),
    slots={ROOT: (), "link": (5,), "first": (5, 0), "second": (5, 0, 7)},
    devices=(
        *(_edu("00:01.0"), _test("00:02.0", size="64M"), _edu("00:03.0"), _test("00:04.0")),
        *(_memory("00:06.0"), _edu("02:01.0", "first"), _test("02:06.0", "first")),
        *(_memory("02:08.0", "first"), _edu("03:03.0", "second")),
        *(_test("03:04.0", "second", "1M"), _memory("03:05.0", "second")),
    ),
    unlisted=("first", "02"),
)

#: functions of several devices that share an interrupt
MANY = Layout(
    devices=(
        *(
            Device(kind="edu", at=f"00:{device:02x}.{number}", more=",multifunction=on")
            for device in (1, 5, 9)
            for number in (0, 3)
        ),
        *(_test(f"00:{device:02x}.0", size="16M") for device in range(0x18, 0x20)),
        *(_memory(f"00:{device:02x}.0") for device in range(0xA, 0x10)),
    ),
)

SWITCH = Layout(
    bridges=(
        "pcie-root-port,id=link,chassis=1,addr=2",
        "x3130-upstream,id=up,bus=link",
        "xio3130-downstream,id=left,bus=up,chassis=2,addr=0",
        "xio3130-downstream,id=right,bus=up,chassis=3,addr=3",
        "xio3130-downstream,id=middle,bus=up,chassis=4,addr=1",
    ),
    slots={"left": (2, 0, 0), "middle": (2, 0, 1), "right": (2, 0, 3)},
    devices=(
        *(_edu("03:00.0", "left"), _memory("04:00.0", "middle")),
        _test("05:00.0", "right", "32G"),
    ),
)

SIZES = ("128G", "1M", "64G", "4K", "1G")
LARGE = Layout(
    devices=(
        *(_test(f"00:{n + 1:02x}.0", size=size) for n, size in enumerate(SIZES)),
        *(_edu("00:08.0"), _memory("00:09.0")),
    ),
)
LARGE_BEHIND = Layout(
    bridges=("pci-bridge,id=bridge,chassis_nr=1,addr=8",),
    slots={ROOT: (), "bridge": (8,)},
    devices=(
        *(_test(f"01:{n + 1:02x}.0", "bridge", size) for n, size in enumerate(SIZES)),
        *(_edu("01:08.0", "bridge"), _memory("01:09.0", "bridge")),
    ),
)
TOO_LARGE = Layout(
    devices=(
        *(_test("00:01.0", size="1T", is_found=False), _test("00:02.0", size="1M")),
        *(_edu("00:03.0"), _memory("00:04.0")),
    ),
    reported=("00:01.0",),
)

SECOND = (
    "pxb-pcie,id=root,bus_nr=128,addr=4",
    "pcie-root-port,id=link,bus=root,chassis=1,addr=1",
    "pcie-pci-bridge,id=bridge,bus=link",
    "pcie-root-port,id=other,bus=root,chassis=2,addr=3",
)
SECOND_SLOTS = {"link": (1,), "bridge": (1, 0), "other": (3,)}


def _second(host: str = "") -> tuple[Device, ...]:
    return (
        *(_edu("82:02.0", "bridge", host=host), _test("82:03.0", "bridge", host=host)),
        *(_memory("82:04.0", "bridge", host=host), _test("83:00.0", "other", "4G", host=host)),
    )


#: bus 0 with the host's own bridge, the second root's entry and a device is out of sight
SECOND_ROOT = Layout(
    bridges=SECOND,
    slots={ROOT: (), **SECOND_SLOTS},
    devices=(_edu("00:02.0", is_found=False), *_second()),
    unlisted=("bridge", "82"),
    unseen=3,
)
TWO_ROOTS = Layout(
    bridges=SECOND,
    slots={ROOT: (), **SECOND_SLOTS},
    devices=(_edu("00:02.0"), _test("00:03.0", size="1G"), _memory("00:05.0"), *_second(OTHER)),
    of_others={OTHER: 7},
)
TWO_BUSES = Layout(
    bridges=(
        "pci-bridge,id=one,chassis_nr=1,addr=2",
        "pci-bridge,id=two,chassis_nr=2,bus=one,addr=2",
    ),
    slots={ROOT: (), "one": (2,), "two": (2, 2)},
    devices=(
        *(_edu("00:01.0"), _edu("01:01.0", "one"), _test("01:03.0", "one")),
        *(_memory("01:04.0", "one"), _edu("02:01.0", "two", is_found=False)),
    ),
    unseen=1,
    reported=("01:02.0",),
)


def _buses(properties: dict[str, bytes], first: int, last: int) -> None:
    """Show some of the buses, the first of which the window begins with."""
    base, _ = struct.unpack(">QQ", properties["reg"])
    size = (last + 1 - first) * BUS_BYTES
    properties["reg"] = struct.pack(">QQ", base + first * BUS_BYTES, size)
    properties["bus-range"] = struct.pack(">II", first, last)


def _halved(properties: dict[str, bytes], *, upper: bool) -> None:
    """Leave one half of each window."""
    ranges = []
    for code, child, base, size in RANGE.iter_unpack(properties["ranges"]):
        half = size // 2 & -BUS_BYTES if size > BUS_BYTES else size // 2
        start = half if upper else 0
        ranges.append(RANGE.pack(code, child + start, base + start, half))
    properties["ranges"] = b"".join(ranges)


def _copied(tree: Tree, host: str) -> dict[str, bytes]:
    """Put another host before all other nodes, and return its properties."""
    another = {key: value for key, value in tree[host].items() if key != "phandle"}
    nodes = dict(tree)
    tree.clear()
    tree |= {"/": nodes.pop("/"), OTHER: another, **nodes}
    return another


def from_128(tree: Tree, host: str) -> Sequence[str]:
    """Show the buses from the second root's on."""
    _buses(tree[host], 128, 255)
    return [host]


def two_hosts(tree: Tree, host: str) -> Sequence[str]:
    """Have a second node for the second root, with half of each window."""
    _buses(other := _copied(tree, host), 128, 255)
    _halved(other, upper=True)
    _buses(tree[host], 0, 127)
    _halved(tree[host], upper=False)
    return [host, OTHER]


def two_buses(tree: Tree, host: str) -> Sequence[str]:
    """Have room for two buses, and a bus-range that says more."""
    base, _ = struct.unpack(">QQ", tree[host]["reg"])
    tree[host]["reg"] = struct.pack(">QQ", base, 2 * BUS_BYTES)
    return [host]


def no_io(tree: Tree, host: str) -> Sequence[str]:
    """Leave out I/O, and have memory begin elsewhere."""
    ranges = []
    for code, child, base, size in RANGE.iter_unpack(tree[host]["ranges"]):
        start = 0x10000000 if code == MEMORY else 0
        if code != IO:
            ranges.append(RANGE.pack(code, child + start, base + start, size - start))
    tree[host]["ranges"] = b"".join(ranges)
    return [host]


def disabled_twin(tree: Tree, host: str) -> Sequence[str]:
    """Have a node before the host's that is disabled, and no bus-range."""
    _copied(tree, host)["status"] = b"disabled\0"
    del tree[host]["bus-range"]
    return [host]
