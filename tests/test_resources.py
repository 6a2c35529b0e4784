"""Registers and interrupts, decoded or refused with the path of the node."""

from __future__ import annotations

import pytest

from tests.board_sources import board_of, nodes_of, regions, stored
from ukdrivers.errors import BoardError
from ukdrivers.model import Interrupt


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/soc", ()),
        ("/soc/apb@40000000/serial@1000", ((0x40001000, 0x100), (0x8_0000_0200, 0x20))),
        ("/soc/apb@40000000/holes@2000", ((0x40002000, 0x100),)),
        ("/soc/identity/timer@40020000", ((0x40020000, 0x1000),)),
        ("/soc/i2c@40030000", ((0x40030000, 0x100),)),
        ("/soc/i2c@40030000/sensor@48", ()),
        ("/soc/closed@40040000", ((0x40040000, 0x100),)),
        ("/soc/closed@40040000/inside@0", ()),
        ("/soc/off@40050000/child@10", ((0x40050010, 0x10),)),
        ("/soc/pcie@50000000", ((0x48000000, 0x1000),)),
        ("/soc/pcie@50000000/bridge@1,0", ()),
        ("/soc/pcie@50000000/window@10000000", ((0x44000100, 0x80),)),
        ("/plain/device@10", ((0x60000010, 0x20),)),
        ("/cpus/cpu@0", ()),
    ],
)
def test_reg_is_taken_to_the_root(path: str, expected: tuple[tuple[int, int], ...]) -> None:
    assert nodes_of(stored("nested.dts"))[path].regions == regions(*expected)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/gic@1000", (("/gic@1000", 1, 9, 4),)),
        ("/timer", (("/gic@1000", 1, 13, 8), ("/gic@1000", 1, 14, 8))),
        ("/soc/uart@2000", (("/gic@1000", 0, 5, 4),)),
        ("/soc/gpio@3000", (("/gic@1000", 0, 6, 4),)),
        ("/soc/gpio@3000/hog", (("/soc/gpio@3000", 2), ("/soc/gpio@3000", 3))),
        ("/soc/button", (("/soc/gpio@3000", 7),)),
        ("/soc/both@4000", (("/soc/gpio@3000", 9), ("/gic@1000", 0, 8, 4))),
        ("/soc/silent@5000", ()),
        ("/soc/pci@6000", ()),
        ("/soc/pci@6000/card@1,0", (("/gic@1000", 0, 20, 4),)),
    ],
)
def test_interrupts_go_to_their_parent(
    path: str, expected: tuple[tuple[str | int, ...], ...]
) -> None:
    assert nodes_of(stored("interrupts.dts"))[path].interrupts == tuple(
        Interrupt(parent=str(parent), cells=tuple(map(int, cells))) for parent, *cells in expected
    )


def test_the_older_name_of_a_phandle_is_known() -> None:
    assert board_of("a { linux,phandle = <7>; };").nodes[1].phandle == 7


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("a { reg = <1>; };", "/a: reg of 4 bytes, entries of 12 were wanted (2 + 1 cells)"),
        (
            "#address-cells = <0>; #size-cells = <0>; a { reg = <1>; };",
            "/a: reg of 4 bytes, entries of 0 were wanted (0 + 0 cells)",
        ),
        (
            "#address-cells = <0xffffffff>; a { reg = <1>; };",
            "/a: reg of 4 bytes, entries of 17179869184 were wanted (4294967295 + 1 cells)",
        ),
        (
            "#address-cells = [01]; a { reg = <1 2 3>; };",
            "/: #address-cells of 1 bytes, one cell of 4 was wanted",
        ),
        (
            "a { reg = <0xffffffff 0xfffff000 0x1001>; };",
            "/a: reg reaches 0x10000000000000001, beyond 64 bits of address",
        ),
        (
            "a { ranges = <1>; b { reg = <1 2 3>; }; };",
            "/a: ranges of 4 bytes, entries of 20 were wanted (2 + 2 + 1 cells)",
        ),
        (
            (
                "#address-cells = <1>; a { #address-cells = <1>; #size-cells = <2>;"
                "ranges = <0x10 0x10 0xffffffff 0xfffffff1>; b { reg = <0x10 0 1>; }; };"
            ),
            "/a: ranges reaches 0x10000000000000001, beyond 64 bits of address",
        ),
        (
            "a { dma-ranges = <0 0 0 0>; };",
            "/a: dma-ranges of 16 bytes, entries of 20 were wanted (2 + 2 + 1 cells)",
        ),
        (
            "a { #size-cells = <2>; dma-ranges = <0 0 0xffffffff 0xfffff000 0 0x1001>; };",
            "/a: dma-ranges reaches 0x10000000000000001, beyond 64 bits of address",
        ),
        (
            "a { interrupts = <1>; };",
            "/a: interrupts, but neither it nor any parent has interrupt-parent",
        ),
        (
            "a { interrupt-parent = <5>; interrupts = <1>; };",
            "/a: interrupt-parent names phandle 0x5, which no node has",
        ),
        (
            "interrupt-parent = <1>; a { phandle = <1>; }; b { interrupts = <1>; };",
            "/a: is an interrupt parent, but has no #interrupt-cells",
        ),
        (
            (
                "interrupt-parent = <1>; a { phandle = <1>; #interrupt-cells = <3>; };"
                "b { interrupts = <1 2>; };"
            ),
            "/b: interrupts of 2 cells, but each to /a has 3",
        ),
        (
            (
                "interrupt-parent = <1>; a { phandle = <1>; #interrupt-cells = <0>; };"
                "b { interrupts = <1>; };"
            ),
            "/b: interrupts of 1 cells, but each to /a has 0",
        ),
        (
            "a { phandle = <1>; #interrupt-cells = <3>; }; b { interrupts-extended = <1 2 3>; };",
            "/b: interrupts-extended ends 1 cells short",
        ),
        (
            "b { interrupts-extended = [01 02 03]; };",
            "/b: interrupts-extended of 3 bytes, a multiple of 4 was wanted",
        ),
        (
            (
                "a { phandle = <1>; #interrupt-cells = <1>; };"
                "b { interrupts-extended = <1 2>, <9 1>; };"
            ),
            "/b: interrupts-extended names phandle 0x9, which no node has",
        ),
    ],
)
def test_a_node_that_contradicts_itself_is_left_for_what_it_is(body: str, message: str) -> None:
    nodes = board_of(body).nodes
    at_fault = [node for node in nodes if node.fault]

    assert {node.fault for node in at_fault} == {message}
    assert all(node.regions == () and node.interrupts == () for node in at_fault)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "a { phandle = <7>; }; b { phandle = <7>; };",
            "/b: phandle 0x7 is that of /a too",
        ),
        ("a { phandle = [07]; };", "/a: phandle of 1 bytes, one cell of 4 was wanted"),
        (
            "interrupt-parent = <5>; a { };",
            "/: interrupt-parent names phandle 0x5, which no node has",
        ),
        (
            (
                "a { phandle = <1>; #interrupt-cells = <1>; interrupts-extended = <2 0>; };"
                "b { phandle = <2>; #interrupt-cells = <1>; interrupts-extended = <1 0>; };"
            ),
            "/a -> /b -> /a: interrupt parents in a loop",
        ),
        ("a { compatible = [61 62]; };", "/a: compatible does not end in a null byte"),
        (
            'a { compatible = "acme,x\\n"; };',
            r"/a: compatible has a string that is not printable ASCII, 'acme,x\n'",
        ),
        (
            'a { status = "\\xff"; };',
            r"/a: status has a string that is not printable ASCII, '\ufffd'",
        ),
    ],
)
def test_a_tree_that_contradicts_itself_is_refused(body: str, message: str) -> None:
    with pytest.raises(BoardError) as caught:
        board_of(body)
    assert str(caught.value) == f"x.dts: {message}"


def test_dma_ranges_of_the_root_and_of_disabled_nodes_say_nothing() -> None:
    assert board_of('dma-ranges = <1>; a { status = "disabled"; dma-ranges = <1>; };').nodes[1]


def test_a_disabled_node_may_be_unfinished() -> None:
    off = board_of('a { status = "disabled"; reg = <1>; b { interrupts = <1>; }; };').nodes[1:]

    assert [(node.enabled, node.regions, node.interrupts) for node in off] == [(False, (), ())] * 2
