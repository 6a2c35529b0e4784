"""What the edits do, as fdtget and the stages read the result."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.board_edit import Window, add_bus, add_twin, disable, edited
from tests.board_sources import nodes_of, text_of
from ukdrivers.board import from_blob, read_board

if TYPE_CHECKING:
    import pathlib

VIRT = "qemu:virt,gic-version=2"
UART, RTC, GIC = "/pl011@9000000", "/pl031@9010000", "/intc@8000000"
PCIE = "/pcie@10000000"
LOW = Window(child=0, parent=0x0800_0000, size=0x3800_0000)
HIGH = Window(child=0x7_0000_0000, parent=0x40_0000_0000, size=0x100_0000_0000)


def fdtget(path: pathlib.Path, node: str, name: str) -> str:
    command = ("fdtget", "-t", "x", str(path), node, name)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_without_an_edit_the_tree_is_as_it_was() -> None:
    blob = read_board(VIRT).blob

    assert text_of(edited(blob)) == text_of(blob)


def test_a_bus_moves_addresses_and_the_cpu_s_view_stays(tmp_path: pathlib.Path) -> None:
    blob = read_board(VIRT).blob
    path = tmp_path / "b.dtb"

    path.write_bytes(
        edited(
            blob,
            add_bus([UART, RTC, GIC, PCIE], "soc", windows=[LOW, HIGH]),
            add_bus([f"/soc{UART}"], "apb", windows=[Window(child=0x40, parent=0, size=1 << 28)],
                    cells=(1, 1)),
        )
    )  # fmt: skip

    assert fdtget(path, "/soc/pl031@9010000", "reg") == "0 1010000 0 1000"
    assert fdtget(path, "/soc/apb/pl011@9000000", "reg") == "1000040 1000"
    assert fdtget(path, "/soc/apb", "ranges") == "40 0 0 10000000"
    assert fdtget(path, "/soc/intc@8000000/v2m@8020000", "reg") == "0 20000 0 1000"
    assert fdtget(path, "/soc/pcie@10000000", "reg") == "7 10000000 0 10000000"
    ranges = "1000000 0 0 0 36ff0000 0 10000 2000000 0 10000000 0 8000000 0 2eff0000 3000000 "
    assert fdtget(path, "/soc/pcie@10000000", "ranges").startswith(ranges)
    before, after = nodes_of(read_board(VIRT)), nodes_of(from_blob(path.read_bytes(), source="b"))
    moved = {"/soc/apb": UART, "/soc": RTC, "/soc ": GIC, "/soc  ": PCIE}
    for bus, node in moved.items():
        assert after[f"{bus.strip()}{node}"].regions == before[node].regions
        assert [one.cells for one in after[f"{bus.strip()}{node}"].interrupts] == [
            one.cells for one in before[node].interrupts
        ]


def test_nodes_are_disabled_and_have_twins() -> None:
    blob = edited(
        read_board(VIRT).blob,
        disable(RTC, status="fail"),
        add_twin(UART, "pl011@1000", reg=bytes(6) + b"\x10\0" + bytes(6) + b"\x10\0"),
    )

    board = from_blob(blob, source="b")

    assert {node.path: node.status for node in board.nodes if not node.enabled} == {
        "/pl011@1000": "disabled",
        RTC: "fail",
    }
    paths = [node.path for node in board.nodes]
    assert paths.index("/pl011@1000") + 1 == paths.index(UART)
