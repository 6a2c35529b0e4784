"""One image with all drivers on every machine of QEMU's that makes sense, and on changed trees.

Each run has to power off by itself, to bind what :mod:`ukdrivers.match` says for that board with the
addresses and interrupts that :mod:`ukdrivers.board` reads, and to do nothing that QEMU complains of.
"""

from __future__ import annotations

import itertools
import os
import struct
from typing import TYPE_CHECKING

import pytest

from tests.board_edit import Window, add_bus, add_twin, disable, edited, find
from ukdrivers.board import from_blob, read_board
from ukdrivers.boot import boot
from ukdrivers.match import match
from ukdrivers.model import Board, Driver, Image, Interrupt, Node, Platform
from ukdrivers.registry import discover
from ukdrivers.select import select

if TYPE_CHECKING:
    from tests.board_edit import Branch, Edit
    from tests.conftest import Program

GICS = ("2", "3")
CPUS = ("cortex-a53", "cortex-a57", "cortex-a72", "max")
MIBS = ("64", "512", "4096")
SWITCHES = ("off", "on")
#: high memory is what is above 4 GiB, and RAM starts at 1 GiB
MACHINES = [
    f"qemu:virt,gic-version={gic},cpu={cpu},memory={mib},virtualization={el2},highmem={high}"
    for gic, cpu, mib, el2, high in itertools.product(GICS, CPUS, MIBS, SWITCHES, SWITCHES)
    if not (mib == "4096" and high == "off")
]

#: GIC interrupts: where each kind starts, and what its flags say of a rising or falling edge
FIRST = {0: 32, 1: 16}
EDGES = 0b0011


@pytest.fixture(scope="module")
def image(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """An image for both interrupt controllers, built for a board that has one of them."""
    folder = str(tmp_path_factory.mktemp("image"))
    on = [word for name in ("GICV3", "NS16550") for word in ("--set", f"{name}=y")]
    done = ukdrivers("build", "qemu:virt,gic-version=2", "--app", "hello", *on, "-o", folder)
    assert done.returncode == 0, done.stderr
    path = os.path.join(folder, "ukdrivers_kvm-arm64")
    return Image(path=path, elf=f"{path}.dbg", drivers=())


@pytest.fixture(scope="module")
def drivers() -> tuple[tuple[Driver, ...], Platform]:
    registry = discover()
    (host,) = (one for one in registry.hosts if one.name == "base")
    (kvm,) = (one for one in registry.platforms if one.name == "kvm")
    return (*registry.drivers, *host.drivers), kvm


class Bench:
    """Boots the image on boards."""

    def __init__(
        self, image: Image, drivers: tuple[Driver, ...], platform: Platform, log: str
    ) -> None:
        self.image, self.drivers, self.platform, self.log = image, drivers, platform, log

    def bound(self, board: Board) -> list[str]:
        """List the lines with which the drivers that the board asks for say so."""
        selection = select(
            match(self.drivers, board),
            drivers=self.drivers,
            platform=self.platform,
            arch="arm64",
            board=board,
        )
        return sorted(
            f"{one.driver.name} {node.path}: {shown(node)}"
            for one in selection.selected
            for node in one.nodes
            if one.driver.class_ != "virtio-transport"  # the slots are empty
        )

    def check(self, board: Board) -> None:
        """Boot on a board; nothing is said but what is bound, and that is what should be."""
        log = boot(self.image, board, extra=("-d", "guest_errors,unimp", "-D", self.log))
        first, *found, hello, last = log.lines
        assert sorted(found) == self.bound(board)
        assert first == f"ukdrivers base on {board.model}"
        assert (hello, last) == ("hello", "ukdrivers: power off")
        with open(self.log, encoding="utf-8") as file:
            assert file.read() == ""


@pytest.fixture
def bench(
    image: Image, drivers: tuple[tuple[Driver, ...], Platform], tmp_path: os.PathLike[str]
) -> Bench:
    return Bench(image, *drivers, log=os.path.join(tmp_path, "qemu.log"))


def shown(node: Node) -> str:
    """Return what an image says of a device; a controller's own interrupts are its own matter."""
    parts = [f"{one.base:#x}+{one.size:#x}" for one in node.regions]
    parts += [interrupt(one) for one in node.interrupts if one.parent != node.path]
    return " ".join(parts) or "bound"


def interrupt(one: Interrupt) -> str:
    kind, number, flags = one.cells[:3]
    return f"irq {FIRST[kind] + number} {'edge' if flags & EDGES else 'level'}"


@pytest.mark.parametrize("source", MACHINES)
def test_machine(bench: Bench, source: str) -> None:
    bench.check(read_board(source))


@pytest.mark.parametrize("source", ["qemu:virt,gic-version=3,cpus=3", "qemu:virt,cpus=8"])
def test_several_processors(bench: Bench, source: str) -> None:
    bench.check(read_board(source))


# trees that QEMU didn't write: it makes the machine that fits, and hands the image the changed tree

GIC, UART, RTC, PCIE = "/intc@8000000", "/pl011@9000000", "/pl031@9010000", "/pcie@10000000"
#: all of the machine's devices; and its second window of them, for PCI
LOW = Window(child=0, parent=0x0800_0000, size=0x3800_0000)
HIGH = Window(child=0x7_0000_0000, parent=0x40_0000_0000, size=0x100_0000_0000)
#: addresses that no device of the machine has: an image that takes them is told by QEMU's log
NOWHERE = {"reg": (0x0D00_0000).to_bytes(8, "big") + (0x1000).to_bytes(8, "big")}


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def extend(root: Branch) -> None:
    """Name the controller of the console's interrupt in the interrupt itself."""
    uart, gic = find(root, UART).properties, find(root, GIC).properties["phandle"]
    uart["interrupts-extended"] = gic + uart.pop("interrupts")


def pass_on(root: Branch) -> None:
    """Let the clock's interrupt pass two maps, in which it has other numbers."""
    gic, rtc = find(root, GIC).properties["phandle"], find(root, RTC).properties
    add_bus([RTC], "inner")(root)
    add_bus(["/inner"], "outer")(root)
    find(root, "/outer").properties |= {
        "phandle": words(0x7001),
        "#interrupt-cells": words(1),
        "interrupt-map-mask": words(0, 0xF0, 0xFFFF_FFFF),
        "interrupt-map": words(0, 0x10, 7)
        + gic
        + words(0, 0, 0, 9, 4)
        + words(0, 0x20, 7)
        + gic
        + words(0, 0)
        + rtc["interrupts"],
    }
    find(root, "/outer/inner").properties |= {
        "#interrupt-cells": words(2),
        "interrupt-map": words(0, 0x0901_0000, 5, 6, 0x7001, 0, 0x2F, 7),
    }
    rtc["interrupts"] = words(5, 6)


EDITS: dict[str, tuple[Edit, ...]] = {
    "as it is": (),
    "one bus, nothing moved": (add_bus([UART, RTC, GIC, PCIE], "soc"),),
    "one bus, all moved": (add_bus([UART, RTC, GIC, PCIE], "soc", windows=[LOW, HIGH]),),
    "one bus each": (
        add_bus([UART], "a", windows=[Window(child=0x10, parent=0x0900_0000, size=0x1000)]),
        add_bus([RTC], "b@1", windows=[Window(child=0, parent=0x0901_0000, size=0x1000)]),
        add_bus([GIC], "c", windows=[Window(child=1 << 40, parent=0x0800_0000, size=0x0100_0000)]),
        add_bus([PCIE], "d", windows=[LOW, HIGH]),
    ),
    "narrow cells": (
        add_bus([UART, RTC, GIC], "soc", windows=[LOW], cells=(1, 1)),
        add_bus([f"/soc{UART}", f"/soc{RTC}"], "apb", cells=(1, 1)),
    ),
    "three buses deep": (
        add_bus([UART, RTC, GIC, PCIE], "soc", windows=[LOW, HIGH]),
        add_bus(
            [f"/soc{UART}", f"/soc{RTC}", f"/soc{GIC}"],
            "axi@1",
            windows=[Window(child=0x8000_0000, parent=0, size=0x0100_0000),
                     Window(child=0, parent=0x0100_0000, size=0x0100_0000)],
            cells=(1, 1),
        ),
        add_bus(
            [f"/soc/axi@1{UART}"],
            "apb",
            windows=[Window(child=0, parent=0, size=0x1000_0000)],
            cells=(2, 1),
        ),
    ),
    "disabled twins in front": (
        add_twin(GIC, "intc@d000000", **NOWHERE),
        add_twin(UART, "pl011@d000000", **NOWHERE),
        add_twin(RTC, "pl031@d000000", **NOWHERE),
        add_twin(PCIE, "pcie@d000000", **NOWHERE),
    ),
    "twins on a disabled bus": (
        add_twin(UART, "pl011@d000000", status=b"okay\0", **NOWHERE),
        add_twin(RTC, "pl031@d000000", status=b"okay\0", **NOWHERE),
        add_bus(["/pl011@d000000", "/pl031@d000000"], "off", status=b"disabled\0"),
    ),
    "an extended interrupt": (extend,),
    "an interrupt through two maps": (pass_on,),
    "without a clock": (disable(RTC),),
    "without PCI": (disable(PCIE, status="fail"),),
    "PCI on a bus that is off": (add_bus([PCIE], "off", status=b"reserved\0"),),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("gic", GICS)
def test_changed_tree(bench: Bench, gic: str, name: str) -> None:
    plain = read_board(f"qemu:virt,gic-version={gic}").blob
    bench.check(from_blob(edited(plain, *EDITS[name]), source="changed.dtb"))


@pytest.mark.parametrize("gic", GICS)
def test_a_machine_from_its_file(bench: Bench, gic: str) -> None:
    """What only the tree tells of the machine: where it starts the image, memory, processors."""
    source = f"qemu:virt,gic-version={gic},virtualization=on,highmem=off,memory=512,cpus=2"
    blob = read_board(f"{source},cpu=cortex-a72").blob

    bench.check(from_blob(blob, source="virt.dtb"))
