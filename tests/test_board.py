"""Stage 2. What follows from a tree; small ones, written here or in data/boards."""

from __future__ import annotations

import os

import pytest

from tests.board_sources import BOARDS, board_of, nodes_of, regions, stored
from ukdrivers.board import read_board
from ukdrivers.model import Interrupt


def test_a_small_board_has_every_field() -> None:
    source = os.path.join(BOARDS, "small.dts")

    board = read_board(source)

    assert board.source == source
    assert board.compatible == ("acme,small",)
    assert board.model == "Acme Small"
    assert board.memory == regions((0x80000000, 0x100000))
    assert board.interrupt_parent == "/intc@1000"
    assert board.stdout == "/serial@2000"
    assert board.cpus == ()
    assert board.blob[:4] == b"\xd0\x0d\xfe\xed"
    assert [node.path for node in board.nodes] == [
        "/",
        "/chosen",
        "/memory@80000000",
        "/intc@1000",
        "/serial@2000",
    ]
    serial = board.nodes[4]
    assert serial.properties["reg"] == bytes.fromhex("0000200000000100")
    assert (serial.compatible, serial.status, serial.enabled, serial.phandle) == (
        ("acme,uart-v2", "acme,uart"),
        "okay",
        True,
        None,
    )
    assert serial.regions == regions((0x2000, 0x100))
    assert serial.interrupts == (Interrupt(parent="/intc@1000", cells=(5, 4)),)
    assert board.nodes[3].phandle == 1


def test_a_node_is_enabled_when_all_above_it_are() -> None:
    nodes = nodes_of(stored("nested.dts"))

    assert [path for path, node in nodes.items() if not node.enabled] == [
        "/memory@8000000",
        "/soc/off@40050000",
        "/soc/off@40050000/child@10",
        "/soc/failed@40060000",
    ]
    assert nodes["/soc/off@40050000/child@10"].status == "okay"
    assert nodes["/soc/failed@40060000"].status == "fail-hot"
    assert nodes["/soc/apb@40000000/serial@1000"].status == "ok"


def test_memory_and_cpus_are_those_of_the_tree() -> None:
    board = stored("nested.dts")

    assert board.memory == regions((0x1_0000_0000, 0x40000000), (0x2_0000_0000, 0x1_0000_0000))
    assert board.cpus == ("arm,cortex-a72", "arm,cortex-a53")
    assert board.interrupt_parent is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/soc@0/serial@10", "/soc@0/serial@10"),
        ("/soc@0/serial@10:115200n8", "/soc@0/serial@10"),
        ("serial0", "/soc@0/serial@10"),
        ("serial0:115200", "/soc@0/serial@10"),
        ("bus/serial@10", "/soc@0/serial@10"),
        ("/soc/serial@10", "/soc@0/serial@10"),
        ("/soc/serial", None),
        ("/soc@0/serial@30", None),
        ("serial7", None),
        ("none/soc@0", None),
        ("", None),
        (":115200", None),
        ("/", "/"),
    ],
)
def test_the_console_may_be_a_path_or_an_alias(value: str, expected: str | None) -> None:
    board = board_of(f"""
        chosen {{ stdout-path = "{value}"; }};
        aliases {{ serial0 = "/soc@0/serial@10"; bus = "/soc@0"; }};
        soc@0 {{ serial@10 {{ }}; serial@20 {{ }}; }};
    """)

    assert board.stdout == expected


def test_the_older_name_of_the_console_is_known() -> None:
    assert stored("interrupts.dts").stdout == "/soc/uart@2000"


def test_without_chosen_there_is_no_console() -> None:
    assert board_of("").stdout is None


def test_the_interrupt_root_is_found_when_the_root_node_names_none() -> None:
    board = board_of("""
        soc {
            interrupt-parent = <1>;
            gic { phandle = <1>; interrupt-controller; #interrupt-cells = <1>; interrupts = <9>; };
            gpio { phandle = <2>; interrupt-controller; #interrupt-cells = <1>; interrupts = <3>; };
            key { interrupts-extended = <2 5>; };
        };
    """)

    assert board.interrupt_parent == "/soc/gic"


def test_odd_text_is_fit_to_be_shown() -> None:
    board = board_of('model = "caf\\xc3\\xa9 \\x1b[2J\\xff"; compatible = "", "acme,odd";')

    assert board.model == "caf\u00e9 ?[2J\ufffd"
    assert board.compatible == ("acme,odd",)
