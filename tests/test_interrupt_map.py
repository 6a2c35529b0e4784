"""Interrupts that pass through other nodes on their way to the controller."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.board_sources import blob_of, board_of, nodes_of, text_of
from ukdrivers.board import from_blob, read_board
from ukdrivers.model import Interrupt

if TYPE_CHECKING:
    import pathlib

CELLS = "#address-cells = <1>; #size-cells = <1>;"
GIC = """
    gic: gic { interrupt-controller; #interrupt-cells = <3>; };
"""
#: takes interrupts 1 and 2 of devices at addresses below 0x100 and at 0x100
PLAIN = """
    nexus: nexus {
        #address-cells = <1>; #interrupt-cells = <1>;
        interrupt-map-mask = <0xf00 0x3>;
        interrupt-map = <0x000 1 &gic 0 10 4>, <0x000 2 &gic 0 11 4>, <0x100 1 &gic 0 12 4>,
                        <0x100 1 &gic 0 99 4>;
    };
"""


def interrupts(body: str, path: str = "/dev") -> list[tuple[str, tuple[int, ...]]]:
    board = board_of(CELLS + body)
    return [(one.parent, one.cells) for one in nodes_of(board)[path].interrupts]


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("reg = <0x20 4>; interrupts = <1>;", [10]),
        ("reg = <0x20 4>; interrupts = <2>, <1>;", [11, 10]),
        ("reg = <0x120 4>; interrupts = <1>;", [12]),
        ("reg = <0x20 4>; interrupts = <5>;", [10]),
        ("interrupts = <2>;", [11]),
    ],
    ids=["first", "two", "second", "masked", "without reg"],
)
def test_a_map_is_looked_up_under_its_mask(device: str, expected: list[int]) -> None:
    found = interrupts(f"{GIC} {PLAIN} dev {{ interrupt-parent = <&nexus>; {device} }};")

    assert found == [("/gic", (0, number, 4)) for number in expected]


def test_an_extended_interrupt_passes_a_map_too() -> None:
    found = interrupts(
        f"{GIC} {PLAIN} dev {{ reg = <0x100 4>; interrupts-extended = <&gic 1 9 4>, <&nexus 1>; }};"
    )

    assert found == [("/gic", (1, 9, 4)), ("/gic", (0, 12, 4))]


def test_maps_may_follow_each_other() -> None:
    """The second is asked with the unit address that the first gives."""
    inner = """
        inner {
            #address-cells = <0>; #interrupt-cells = <2>;
            interrupt-map = <7 0 &nexus 0x123 1>;
            dev { reg = <0 0>; interrupts = <7 0>; };
        };
    """

    assert interrupts(GIC + PLAIN + inner, "/inner/dev") == [("/gic", (0, 12, 4))]


def test_without_a_mask_every_bit_counts() -> None:
    nexus = """
        nexus: nexus {
            #interrupt-cells = <1>;
            interrupt-map = <0x80000001 &gic 0 1 4>, <1 &gic 0 2 4>;
        };
        dev { interrupt-parent = <&nexus>; interrupts = <1>, <0x80000001>; };
    """

    assert interrupts(GIC + nexus) == [("/gic", (0, 2, 4)), ("/gic", (0, 1, 4))]


def test_the_interrupt_root_is_the_controller_behind_a_map() -> None:
    body = f"interrupt-parent = <&nexus>; {GIC} {PLAIN} dev {{ interrupts = <1>; }};"

    assert board_of(CELLS + body).interrupt_parent == "/gic"


@pytest.mark.parametrize("version", [2, 3])
def test_pins_of_qemus_pci_bus_are_swizzled(version: int) -> None:
    """Interrupt 3 + (device + pin - 1) % 4 of those shared, for every device and pin."""
    cards = "".join(
        f"card@{device:x},{pin} {{ reg = <{device << 11:#x} 0 0 0 0>; interrupts = <{pin}>; }};\n"
        for device in range(32)
        for pin in (1, 2, 3, 4)
    )
    source = text_of(read_board(f"qemu:virt,gic-version={version}").blob)
    text = f"{source}\n/ {{ pcie@10000000 {{ {cards} }}; }};"
    board = from_blob(blob_of(text), source="x.dts")

    found = {
        path: node.interrupts
        for path, node in nodes_of(board).items()
        if path.startswith("/pcie@10000000/")
    }
    assert found == {
        f"/pcie@10000000/card@{device:x},{pin}": (
            Interrupt(parent="/intc@8000000", cells=(0, 3 + (device + pin - 1) % 4, 4)),
        )
        for device in range(32)
        for pin in (1, 2, 3, 4)
    }


@pytest.mark.parametrize("version", [2, 3])
def test_fdtget_reads_the_same_numbers(version: int, tmp_path: pathlib.Path) -> None:
    board = read_board(f"qemu:virt,gic-version={version},cpus=2")
    path = tmp_path / "board.dtb"
    path.write_bytes(board.blob)
    nodes = [node for node in board.nodes if node.interrupts]
    words = [word for node in nodes for word in (node.path, "interrupts")]

    text = subprocess.run(
        ["fdtget", "-t", "u", path, *words], check=True, capture_output=True, text=True
    ).stdout

    assert [
        " ".join(str(cell) for one in node.interrupts for cell in one.cells) for node in nodes
    ] == text.splitlines()
    assert {one.parent for node in nodes for one in node.interrupts} == {"/intc@8000000"}


NEXUS = "nexus: nexus { #interrupt-cells = <1>;"
DEVICE = "dev { interrupt-parent = <&nexus>; interrupts = <1>; };"


@pytest.mark.parametrize(
    ("nexus", "message"),
    [
        (
            f"{NEXUS} interrupt-map = <2 &gic 0 1 4>; }};",
            "/nexus: interrupt-map has no entry for 0x1 of /dev",
        ),
        (
            f"{NEXUS} interrupt-map; }};",
            "/nexus: interrupt-map has no entry for 0x1 of /dev",
        ),
        (
            f"{NEXUS} interrupt-map = <1 77 0 1 4>; }};",
            "/nexus: interrupt-map names phandle 0x4d, which no node has",
        ),
        (f"{NEXUS} interrupt-map = <1>; }};", "/nexus: interrupt-map ends 1 cells short"),
        (
            f"{NEXUS} interrupt-map = <1 &gic 0 1>; }};",
            "/nexus: interrupt-map ends 1 cells short",
        ),
        (
            f"{NEXUS} interrupt-map = [01 02]; }};",
            "/nexus: interrupt-map of 2 bytes, a multiple of 4 was wanted",
        ),
        (
            f"{NEXUS} interrupt-map-mask = <1 1>; interrupt-map = <1 &gic 0 1 4>; }};",
            "/nexus: interrupt-map-mask of 2 cells, wanted 1",
        ),
        (
            f"{NEXUS} interrupt-map = <1 &other 1>; }}; other: other {{ }};",
            "/other: is an interrupt parent, but has no #interrupt-cells",
        ),
        (
            f"{NEXUS} #address-cells = <0xffffffff>; interrupt-map = <1 &gic 0 1 4>; }};",
            "/nexus: interrupt-map by 4294967296 cells, wanted at most 64",
        ),
        (
            f"{NEXUS} interrupt-map = <1 &nexus 1>; }};",
            "/dev: interrupts go in a circle, /nexus -> /nexus",
        ),
        (
            (
                f"{NEXUS} interrupt-map = <1 &other 1>; }};"
                "other: other { #interrupt-cells = <1>; interrupt-map = <1 &nexus 1>; };"
            ),
            "/dev: interrupts go in a circle, /nexus -> /other -> /nexus",
        ),
    ],
)
def test_a_map_that_leads_nowhere_is_said_of_the_device(nexus: str, message: str) -> None:
    device = nodes_of(board_of(CELLS + GIC + nexus + DEVICE))["/dev"]

    assert device.fault == message
    assert device.interrupts == ()


def test_a_map_that_nothing_uses_may_be_broken() -> None:
    board = board_of(CELLS + GIC + f"{NEXUS} interrupt-map = <1>; }};")

    assert nodes_of(board)["/nexus"].interrupts == ()


@pytest.mark.parametrize("passed", [16, 17])
def test_a_long_way_has_an_end(passed: int) -> None:
    chain = "".join(
        f"n{i}: n{i} {{ #interrupt-cells = <1>; interrupt-map = <1 &n{i + 1} 1>; }};"
        for i in range(passed - 1)
    )
    last = f"n{passed - 1}: n{passed - 1} {{ #interrupt-cells = <1>; interrupt-map = <1 &gic 0 1 4>; }};"
    device = "dev { interrupt-parent = <&n0>; interrupts = <1>; };"

    if passed == 16:
        assert interrupts(GIC + chain + last + device) == [("/gic", (0, 1, 4))]
    else:
        dev = nodes_of(board_of(GIC + chain + last + device))["/dev"]
        assert dev.fault == "/dev: interrupts pass more than 16 maps"
