"""A board's graph: what is in it, and the verb that writes it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.board_sources import board_of
from tests.test_select import driver
from ukdrivers.errors import SelectError
from ukdrivers.graph import Graph, GraphNode, graph
from ukdrivers.graph_dot import as_dot
from ukdrivers.graph_html import as_html
from ukdrivers.graph_svg import as_svg
from ukdrivers.match import match
from ukdrivers.model import Host, Platform, Slot
from ukdrivers.packages import Catalogues
from ukdrivers.request import Target
from ukdrivers.select import select
from ukdrivers.values import replace
from ukdrivers.why import Case, why

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program
    from ukdrivers.model import Board, Driver

TREE = """
    interrupt-parent = <&gic>; #address-cells = <1>; #size-cells = <1>;
    gic: gic@1000 { compatible = "acme,gic"; interrupt-controller; #interrupt-cells = <3>;
                    reg = <0x1000 0x1000>; interrupts = <1 9 4>; };
    clk: clk { compatible = "acme,clk"; #clock-cells = <1>; };
    reg: reg { compatible = "acme,regulator"; };
    uart@3000 { compatible = "acme,uart-v2", "acme,uart"; reg = <0x3000 0x100>;
                interrupts = <0 5 4>; clocks = <&clk 1>, <&gic>; vcc-supply = <&reg>; };
    off { status = "disabled"; compatible = "acme,uart"; };
    odd@5000 { compatible = "acme,uart"; reg = <1>; };
    i2c@6000 { compatible = "acme,i2c"; reg = <0x6000 0x100>; #address-cells = <1>;
               #size-cells = <0>; eye@1 { compatible = "acme,eye"; reg = <1>; }; };
    xen { compatible = "acme,xen"; };
    soc { compatible = "simple-bus"; ranges; clocks = <&clk 2>; #address-cells = <1>; #size-cells = <1>;
          led { compatible = "acme,led"; }; };
"""
PLATFORM = Platform(name="kvm", arch=("arm64",), summary="QEMU", slots=(), offers=("clock@1",))
GIC = driver("gic", "acme,gic", provides=("irqchip@1",))
UART = driver("uart", "acme,uart", requires=("irqchip@1", "clock@1"))
XEN = driver("xenbus", "acme,xen", platforms=("xen",))


def case_of(board: Board, *drivers: Driver, platform: Platform = PLATFORM) -> Case:
    host = Host(name="base", summary="", root="/", platforms=("kvm",), drivers=())
    target = Target(platform=platform, host=host, drivers=drivers, catalogues=Catalogues(drivers))
    matches = match(drivers, board)
    try:
        selection, refusal = (
            select(matches, drivers=drivers, platform=platform, arch="arm64", board=board),
            "",
        )
    except SelectError as error:
        selection, refusal = None, str(error)
    return Case(
        target=target,
        problems=(),
        board=board,
        matches=matches,
        selection=selection,
        refusal=refusal,
    )


def acme() -> Case:
    return case_of(board_of(TREE), GIC, UART, XEN)


def node_of(graph: Graph, path: str) -> GraphNode:
    return next(one for one in graph.nodes if one.path == path)


# what is in it


def test_verdicts_of_all_kinds() -> None:
    drawn = graph(acme())

    assert {one.path: one.label for one in drawn.nodes} == {
        "/": "ignored: root of the tree",
        "/gic@1000": "bound: gic",
        "/clk": "unclaimed: no installed driver lists any of acme,clk",
        "/reg": "unclaimed: no installed driver lists any of acme,regulator",
        "/uart@3000": "bound: uart",
        "/off": 'disabled: status is "disabled"',
        "/odd@5000": node_of(drawn, "/odd@5000").label,
        "/i2c@6000": "unclaimed: no installed driver lists any of acme,i2c",
        "/i2c@6000/eye@1": "unclaimed: no installed driver lists any of acme,eye",
        "/xen": "matched: xenbus",
        "/soc": "ignored: transparent bus",
        "/soc/led": "unclaimed: no installed driver lists any of acme,led",
    }
    assert node_of(drawn, "/odd@5000").label.startswith("fault: can't be used: /odd@5000: reg")


def test_the_tree() -> None:
    drawn = graph(acme())

    for one in drawn.nodes[1:]:
        assert one.parent is not None
        above = drawn.nodes[one.parent]
        assert one.path == f"{above.path.rstrip('/')}/{one.name}"
        assert one.depth == above.depth + 1
    assert (drawn.nodes[0].parent, drawn.nodes[0].depth, drawn.nodes[0].name) == (None, 0, "/")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (
            "/uart@3000",
            {"/gic@1000": "interrupts, clocks", "/clk": "clocks", "/reg": "vcc-supply"},
        ),
        ("/i2c@6000/eye@1", {"/i2c@6000": "bus"}),
        ("/soc/led", {}),
        ("/soc", {}),
        ("/gic@1000", {}),
        ("/", {}),
    ],
)
def test_suppliers(path: str, wanted: dict[str, str]) -> None:
    drawn = graph(acme())

    found = {drawn.nodes[one.node].path: one.what for one in node_of(drawn, path).suppliers}

    assert found == wanted


def test_interfaces_between_drivers() -> None:
    drawn = graph(acme())

    assert [one.name for one in drawn.drivers] == ["gic", "uart", "platform kvm"]
    assert [drawn.nodes[one].path for one in drawn.drivers[1].nodes] == ["/uart@3000"]
    names = [
        (drawn.drivers[one.user].name, one.interface, drawn.drivers[one.provider].name)
        for one in drawn.links
    ]
    assert names == [("uart", "irqchip@1", "gic"), ("uart", "clock@1", "platform kvm")]


def test_a_platform_that_nothing_requires_is_no_driver() -> None:
    drawn = graph(case_of(board_of(TREE), GIC))

    assert [one.name for one in drawn.drivers] == ["gic"]


def test_the_reasoning_is_that_of_why() -> None:
    case = acme()

    for one in graph(case).nodes:
        assert [one.path, *(f"  {line}" for line in one.reasoning)] == why(case, one.path)


def test_a_board_that_is_refused_is_drawn() -> None:
    slot = Slot(interface="console@1", purpose="console")
    drawn = graph(case_of(board_of(TREE), GIC, platform=replace(PLATFORM, slots=(slot,))))

    assert drawn.refusal.startswith("x.dts: the device tree names no console")
    assert node_of(drawn, "/gic@1000").label == "matched: gic"
    assert drawn.drivers == drawn.links == ()
    for text in (as_html(drawn), as_svg(drawn), as_dot(drawn)):
        assert "the device tree names no console" in text


# the verb


@pytest.mark.parametrize("suffix", ["html", "svg", "dot"])
def test_the_verb_writes_what_the_name_asks_for(
    ukdrivers: Program, tmp_path: pathlib.Path, suffix: str
) -> None:
    file = tmp_path / f"virt.{suffix}"
    done = ukdrivers("graph", "qemu:virt,gic-version=3", "-o", str(file))

    assert (done.returncode, done.stdout) == (0, "")
    assert re.fullmatch(rf"{file}: \d+ nodes: \d+ bound, .*\d+ ignored\n", done.stderr)
    start = {"html": "<!DOCTYPE html>", "svg": "<svg ", "dot": "digraph board {"}[suffix]
    assert file.read_text(encoding="utf-8").startswith(start)
    assert os.listdir(tmp_path) == [file.name]


def test_the_verb_draws_what_is_refused(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    board = tmp_path / "acme.dts"
    board.write_text(f"/dts-v1/;\n/ {{\n{TREE}\n}};\n")
    done = ukdrivers("graph", str(board), "-o", str(tmp_path / "acme.svg"))

    assert done.returncode == 0
    assert "\nno image can be made for it: " in done.stderr
    assert (tmp_path / "acme.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("qemu:virt",), "no FILE given, wanted -o and a name that ends in .html, .svg or .dot\n"),
        (("qemu:virt", "-o", "a.png"), "a.png: ends in '.png', wanted .html, .svg or .dot\n"),
        (("qemu:virt", "-o", "board"), "board: ends in '', wanted .html, .svg or .dot\n"),
        (("none.dtb", "-o", "a.svg"), "none.dtb: no such file\n"),
    ],
)
def test_usage(
    ukdrivers: Program, tmp_path: pathlib.Path, arguments: tuple[str, ...], message: str
) -> None:
    done = ukdrivers("graph", *arguments, cwd=str(tmp_path))

    assert done.returncode == 2
    assert done.stderr.startswith(f"ukdrivers: {message}")
    assert os.listdir(tmp_path) == []


def test_help_ends_with_examples(ukdrivers: Program) -> None:
    done = ukdrivers("graph", "--help")

    assert done.returncode == 0
    examples = done.stdout.partition("\nexamples:\n")[2].splitlines()
    assert [one[:4] for one in examples] == ["  # ", "  $ "] * 3


def test_a_file_that_cannot_be_written_stays_as_it_is(
    ukdrivers: Program, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "a.svg").mkdir()
    done = ukdrivers("graph", "qemu:virt", "-o", str(tmp_path / "a.svg"))

    assert done.returncode == 1
    assert done.stderr.startswith(f"ukdrivers: {tmp_path}/a.svg: is a directory, wanted a file")
    assert os.listdir(tmp_path) == ["a.svg"]
