"""The driver core in C: interrupts from a node through any nexus to the bound controller."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest

from tests.core_program import HERE, Fake, compiled, messages, output, probes, standard, tree
from ukdrivers.board import read_board

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from ukdrivers.model import Interrupt

ENTRY = "interrupts: entry"


@pytest.fixture
def scan(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> Callable[[str], list[str]]:
    """Run the core on the body of a root node that has a controller."""
    core = standard(tmp_path_factory.getbasetemp())
    chip = """
        chip: chip { compatible = "test,chip"; interrupt-controller; #interrupt-cells = <3>; };
    """
    return lambda body: output(core, tree(tmp_path, body + chip))


def test_parent_is_inherited(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        interrupt-parent = <&chip>;
        a { compatible = "test,uart"; interrupts = <0 1 0>; };
        soc { bus { b { compatible = "test,uart"; interrupts = <0 2 0>; }; }; };
        other { interrupt-parent = <&gpio>;
                c { compatible = "test,uart"; interrupts = <0 3 0>; };
                d { compatible = "test,uart"; interrupts = <0 4 0>; interrupt-parent = <&chip>; };
                e { interrupt-parent = <&chip>;
                    f { compatible = "test,uart"; interrupts = <0 5 0>; }; }; };
        gpio: gpio { interrupt-controller; #interrupt-cells = <1>; phandle = <0x77>;
                     interrupt-parent = <&chip>;
                     g { compatible = "test,uart"; interrupts = <6>; };
                     h { compatible = "test,uart"; interrupts = <0 7 0>;
                         interrupt-parent = <&chip>; }; };
    """)
    assert probes(lines) == [
        "chip /chip",
        "uart /a irq 1 level",
        "uart /soc/bus/b irq 2 level",
        "uart /other/c",
        "uart /other/d irq 4 level",
        "uart /other/e/f irq 5 level",
        "uart /gpio/g",
        "uart /gpio/h irq 7 level",
    ]
    foreign = "interrupts: entry 0 has parent 0x77, which is not the bound interrupt controller"
    assert messages(lines) == [f"warn: /other/c: {foreign}", f"warn: /gpio/g: {foreign}"]


def test_children_of_a_controller_without_phandle(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> None:
    body = """
        chip { compatible = "test,chip"; #interrupt-cells = <3>;
               below { compatible = "test,uart"; interrupts = <0 9 1>; }; };
        beside { compatible = "test,uart"; interrupts = <0 9 1>; };
    """
    lines = output(standard(tmp_path_factory.getbasetemp()), tree(tmp_path, body))
    assert probes(lines) == ["chip /chip", "uart /chip/below irq 9 edge", "uart /beside"]
    assert messages(lines) == [
        f"warn: /beside: {ENTRY} 0 has parent 0, wanted interrupt-parent on the node or above it"
    ]


def test_list_ends_at_the_first_interrupt_that_fails(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        interrupt-parent = <&chip>;
        gpio: gpio { interrupt-controller; #interrupt-cells = <1>; phandle = <0x77>; };
        b { compatible = "test,uart"; interrupts-extended = <&chip 0 5 1>, <&gpio 4>, <&chip 0 6 1>;
            interrupts = <9>; };
        c { compatible = "test,uart"; interrupts = <0 1001 0>; };
        d { compatible = "test,uart"; interrupts = <0 1 0 0 2>; };
        e { compatible = "test,uart"; interrupts = <0 1 0 0 2 0 0 3 0 0 4 0 0 5 0>; };
        f { compatible = "test,uart"; interrupts-extended = <&chip 0 5 1>, <0x55 4>; };
        g { compatible = "test,uart"; interrupts-extended = <&chip 0 5 1>, <&chip 0 6>; };
        h { compatible = "test,uart"; interrupts-extended = <&chip>; };
        i { compatible = "test,uart"; interrupt-parent = <0x66>; interrupts = <0 1 0>; };
        j { compatible = "test,uart"; interrupt-parent = <&k>; interrupts = <0 1 0>; };
        k: k { compatible = "test,uart"; interrupts; phandle = <0x88>; };
    """)
    assert probes(lines) == [
        "chip /chip",
        "uart /b irq 5 edge",
        "uart /c",
        "uart /d irq 1 level",
        "uart /e irq 1 level irq 2 level irq 3 level irq 4 level",
        "uart /f irq 5 edge",
        "uart /g irq 5 edge",
        "uart /h",
        "uart /i",
        "uart /j",
        "uart /k",
    ]
    chip = next(line for line in messages(lines) if "/d:" in line).split("parent ")[1].split(",")[0]
    assert messages(lines) == [
        f"warn: /b: {ENTRY} 1 has parent 0x77, which is not the bound interrupt controller",
        "warn: /c: interrupts: entry 0 refused by the interrupt controller (error -34)",
        f"warn: /d: interrupts: entry 1 has parent {chip}, and is cut off",
        "warn: /f: interrupts: entry 1 has parent 0x55, which no node has",
        f"warn: /g: interrupts: entry 1 has parent {chip}, and is cut off",
        f"warn: /h: interrupts: entry 0 has parent {chip}, and is cut off",
        "warn: /i: interrupts: entry 0 has parent 0x66, which no node has",
        "warn: /j: interrupts: entry 0 has parent 0x88, which has no #interrupt-cells",
    ]


def test_nexus_chain(scan: Callable[[str], list[str]]) -> None:
    """By unit address and specifier, masked; parents with and without unit addresses."""
    lines = scan("""
        #address-cells = <1>; #size-cells = <1>;
        inner: bus@0 {
            #address-cells = <2>; #size-cells = <1>; #interrupt-cells = <2>;
            ranges = <0 0 0 0x10000>;
            interrupt-map-mask = <0 0xf000 0x7 0>;
            interrupt-map = <0 0x1000 1 0 &outer 0x11 5>, <0 0x1000 2 0 &chip 0 40 1>,
                            <0 0x2000 1 0 &outer 0x22 5>;
            a@1100 { compatible = "test,uart"; reg = <0 0x1100 1>; interrupts = <9 9 2 1>; };
            b@2fff { compatible = "test,uart"; reg = <0 0x2fff 1>; interrupts = <1 0>; };
            c@3000 { compatible = "test,uart"; reg = <0 0x3000 1>; interrupts = <1 0>; };
            d@0 { compatible = "test,uart"; interrupts = <2 0>; };
        };
        outer: map { phandle = <0x99>;
            #address-cells = <1>; #interrupt-cells = <1>;
            interrupt-map = <0x22 5 &chip 0 122 0>, <0x11 5 &chip 0 111 0>, <0 5 &chip 0 100 1>;
        };
        e { compatible = "test,uart"; interrupts-extended = <&chip 1 3 1>, <&outer 5>; };
        f@22 { compatible = "test,uart"; reg = <0x22 1>; interrupts-extended = <&outer 5>; };
    """)
    assert probes(lines) == [
        "chip /chip",
        "uart /bus@0/a@1100 0x1100+0x1 irq 111 level irq 40 edge",
        "uart /bus@0/b@2fff 0x2fff+0x1 irq 122 level",
        "uart /bus@0/c@3000 0x3000+0x1",
        "uart /bus@0/d@0",
        "uart /e irq 1003 edge irq 100 edge",
        "uart /f@22 0x22+0x1 irq 122 level",
    ]
    assert [line.split(", ")[1] for line in messages(lines)] == [
        "whose interrupt-map has no entry for it"
    ] * 2


@pytest.mark.parametrize(
    ("nexus", "fault"),
    [
        pytest.param(
            "interrupt-map = <1 &other 1>;",
            "0x91, where interrupt maps lead in a circle",
            id="circle of two",
        ),
        pytest.param(
            "interrupt-map = <1 &nexus 1>;",
            "0x90, where interrupt maps lead in a circle",
            id="circle of one",
        ),
        pytest.param(
            "interrupt-map = <2 &other 1>, <1 0x55 1>;", "0x55, which no node has", id="phandle"
        ),
        pytest.param(
            "interrupt-map = <1 &chip 0 1>;", "0x90, whose interrupt-map makes no sense", id="short"
        ),
        pytest.param("interrupt-map = <1>;", "0x90, whose interrupt-map makes no sense", id="cell"),
        pytest.param("interrupt-map;", "0x90, whose interrupt-map has no entry for it", id="empty"),
        pytest.param(
            "interrupt-map = <1 &chip 0 1 0>; interrupt-map-mask = <1 1>;",
            "0x90, whose interrupt-map makes no sense",
            id="mask",
        ),
        pytest.param(
            "interrupt-map = <1 &plain>;", "0x93, which has no #interrupt-cells", id="no cells"
        ),
        pytest.param(
            "interrupt-map = <1 &wide 0>;", "0x94, which has no #interrupt-cells", id="many cells"
        ),
        pytest.param(
            "interrupt-map = <1 &gpio 7>;",
            "0x92, which is not the bound interrupt controller",
            id="controller",
        ),
    ],
)
def test_map_that_leads_nowhere(scan: Callable[[str], list[str]], nexus: str, fault: str) -> None:
    lines = scan(f"""
        a {{ compatible = "test,uart"; interrupt-parent = <&nexus>; interrupts = <1>; }};
        nexus: nexus {{ #interrupt-cells = <1>; phandle = <0x90>; {nexus} }};
        other: other {{ #interrupt-cells = <1>; phandle = <0x91>; interrupt-map = <1 &nexus 1>; }};
        gpio: gpio {{ #interrupt-cells = <1>; phandle = <0x92>; interrupt-controller; }};
        plain: plain {{ phandle = <0x93>; }};
        wide: wide {{ phandle = <0x94>; #interrupt-cells = <0x40000000>; }};
    """)
    assert probes(lines) == ["chip /chip", "uart /a"]
    assert messages(lines) == [f"warn: /a: interrupts: entry 0 has parent {fault}"]


def test_controller_refuses_what_a_map_leads_to(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        a { compatible = "test,uart"; interrupt-parent = <&nexus>; interrupts = <1>; };
        nexus: nexus { #interrupt-cells = <1>; interrupt-map = <1 &chip 0 1001 1>; };
    """)
    assert messages(lines) == [
        "warn: /a: interrupts: entry 0 refused by the interrupt controller (error -34)"
    ]


HOST = """
    #address-cells = <1>; #size-cells = <1>;
    host@0 {{
        compatible = "test,host"; device_type = "pci"; phandle = <0x90>;
        #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>;
        interrupt-map-mask = <0x1800 0 0 7>;
        interrupt-map = {entries};
        test-map = <0x0800 0 0 1  0x1f00 1 1 2  0x1000 0 0 1>;
    }};
    msi: msi {{ #address-cells = <2>; #interrupt-cells = <2>;
                interrupt-map = <1 2 3 4 &chip 0 8 0>; }};
"""


def test_map_of_a_scanned_bus(scan: Callable[[str], list[str]]) -> None:
    entries = "<0x800 0 0 1 &chip 0 3 4>, <0x1800 0 0 2 &msi 1 2 3 4>"
    lines = scan(HOST.format(entries=entries))
    assert probes(lines) == ["chip /chip", "host /host@0 map 3 map 8 map rc -19"]
    assert not messages(lines)


def test_map_of_a_scanned_bus_that_makes_no_sense(scan: Callable[[str], list[str]]) -> None:
    lines = scan(HOST.format(entries="<0x800 0 0 1 &chip 0 1001 4>, <0x1800 0 0 2 0x55 1>"))
    assert probes(lines) == ["chip /chip", "host /host@0 map rc -34 map rc -22 map rc -22"]
    missing = "warn: /host@0: interrupt-map: it leads to parent 0x55, which no node has"
    assert messages(lines) == [missing, missing]


def test_map_without_a_controller(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> None:
    lines = output(
        standard(tmp_path_factory.getbasetemp()),
        tree(
            tmp_path,
            'host { compatible = "test,host"; #address-cells = <3>; #interrupt-cells = <1>; '
            "interrupt-map = <0 0 0 1 0x1 0>; test-map = <0 0 0 1>; };",
        ),
    )
    assert probes(lines) == ["host /host map rc -19"]


def agreeing(source: str, folder: pathlib.Path) -> list[str]:
    """Take every interrupt of a board as the reader in Python does, and return the lines."""
    board = read_board(source)
    (folder / "board.dtb").write_bytes(board.blob)
    by_path = {node.path: node for node in board.nodes}
    assert board.interrupt_parent
    chip = by_path[board.interrupt_parent].compatible[0]
    others = {node.compatible[0] for node in board.nodes if node.compatible} - {chip}
    program = compiled(
        folder,
        [
            Fake(name="chip", class_="irqchip", strings={chip: 0}),
            *(Fake(name=f"d{i}", strings={one: 0}) for i, one in enumerate(sorted(others))),
        ],
    )
    lines = output(program, str(folder / "board.dtb"))
    probed = 0

    def is_taken(one: Interrupt) -> bool:
        return one.parent == board.interrupt_parent

    for line in probes(lines):
        path, *words = line.split()[1:]
        if path == board.interrupt_parent:
            continue
        wanted = [
            f"{one.cells[0] * 1000 + one.cells[1]} {'edge' if one.cells[2] & 1 else 'level'}"
            for one in itertools.takewhile(is_taken, by_path[path].interrupts[:4])
        ]
        found = " ".join(words).split("irq ")[1:]
        assert [one.strip() for one in found] == wanted, path
        probed += len(wanted)
    assert probed > 0
    return lines


@pytest.mark.parametrize("machine", ["qemu:virt,gic-version=2", "qemu:virt,gic-version=3"])
def test_qemu_virt_as_the_board_stage_reads_it(machine: str, tmp_path: pathlib.Path) -> None:
    assert not messages(agreeing(machine, tmp_path))


def test_stored_board_as_the_board_stage_reads_it(tmp_path: pathlib.Path) -> None:
    agreeing(os.path.join(HERE, "data", "boards", "interrupts.dts"), tmp_path)
