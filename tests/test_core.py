"""The driver core in C, on real trees: the pass, the match, the classes."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from tests.core_program import CELLS, HERE, Fake, compiled, output, probes, standard, tree
from ukdrivers.board import read_board

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Sequence


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> str:
    return standard(tmp_path_factory.getbasetemp())


@pytest.fixture
def scan(core: str, tmp_path: pathlib.Path) -> Callable[[str], list[str]]:
    """Run the core on the body of a root node."""
    return lambda body: output(core, tree(tmp_path, body))


def test_root_memory_and_irqchip(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        model = "a board"; #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&chip>;
        memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x8000000>,
                                                        <0x8 0 0x1 0>; };
        memory@10 { device_type = "memory"; reg = <0 0x10 0 0x10>; status = "disabled"; };
        other { device_type = "cpu"; reg = <0 0 0 1>; };
        soc { chip: intc@1000 { compatible = "not,linked", "b"; interrupt-controller;
                                #interrupt-cells = <3>; }; };
    """)
    assert lines == [
        "scan 0",
        "model a board",
        "memory 0x40000000+0x8000000",
        "memory 0x800000000+0x100000000",
        "irqchip /soc/intc@1000 not,linked",
        "bound 0",
    ]


def test_memory_of_many_banks(scan: Callable[[str], list[str]]) -> None:
    banks = " ".join(f"{i * 0x1000:#x} 0x1000" for i in range(7))
    lines = scan(f"""
        {CELLS}
        memory@0 {{ device_type = "memory"; reg = <{banks}>; }};
        memory@10000 {{ device_type = "memory"; reg = <0x10000 0x1000 0x20000 0x1000>; }};
    """)
    assert [line.split()[1] for line in lines if line.startswith("memory")] == [
        *(f"{i * 0x1000:#x}+0x1000" for i in range(7)),
        "0x10000+0x1000",
    ]


def test_bare_root(scan: Callable[[str], list[str]]) -> None:
    assert scan("") == ["scan 0", "model ", "irqchip none none", "bound 0"]


def test_log_line_of_a_bound_device(scan: Callable[[str], list[str]]) -> None:
    lines = scan(f"""
        {CELLS} interrupt-parent = <&chip>;
        uart@1000 {{ reg = <0x1000 0x100 0x3000 0x20>; interrupts = <0 7 1 1 8 4>;
                     compatible = "test,uart"; }};
        chip: intc@2000 {{ compatible = "test,chip"; reg = <0x2000 0x1000>;
                           interrupt-controller; #interrupt-cells = <3>; }};
        psci {{ compatible = "test,general"; }};
    """)
    assert lines[-4:] == [
        "bound 3",
        "info: /intc@2000: 0x2000+0x1000",
        "info: /uart@1000: 0x1000+0x100 0x3000+0x20 irq 7 edge irq 1008 level",
        "info: /psci: bound",
    ]


def test_classes_are_probed_in_order(scan: Callable[[str], list[str]]) -> None:
    lines = scan(f"""
        {CELLS}
        one {{ compatible = "test,general"; }};
        two {{ compatible = "test,uart"; }};
        three {{ compatible = "test,chip"; }};
        four {{ compatible = "test,uart"; }};
    """)
    assert probes(lines) == ["chip /three", "uart /two", "uart /four", "general /one"]


def test_next_string_and_next_rival_after_no_device(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        a { compatible = "test,unknown", "test,exact", "test,general"; };
        b { compatible = "test,contested"; };
        c { compatible = "test,broken", "test,general"; };
        d { compatible = "test,exact"; };
        e { compatible = "test,off"; };
        f { compatible = "test,off", "test,general"; };
    """)
    assert probes(lines) == [
        "shy /a",
        "general /a",
        "first /b",
        "second /b",
        "broken /c",
        "shy /d",
        "general /f",
    ]
    assert lines[-4:] == ["bound 3", "info: /a: bound", "info: /b: bound", "info: /f: bound"]


@pytest.mark.parametrize(
    ("status", "is_probed"),
    [("okay", True), ("ok", True), ("disabled", False), ("fail-sss", False), ("", False)],
)
def test_status_counts_for_the_subtree(
    scan: Callable[[str], list[str]], status: str, is_probed: bool
) -> None:
    lines = scan(f"""
        bus {{
            compatible = "test,general";
            status = "{status}";
            uart {{ inner {{ compatible = "test,uart"; }}; }};
        }};
        after {{ compatible = "test,uart"; }};
    """)
    expected = ["uart /bus/uart/inner"] if is_probed else []
    assert probes(lines) == [
        *expected,
        "uart /after",
        *(["general /bus"] if is_probed else []),
    ]


def test_properties_are_found(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        a { compatible = "test,uart"; test-property = [01 02 03 04 05]; child { }; };
        b { test-property; compatible = "test,uart"; };
        c { compatible = "test,uart"; child { test-property = "not this one"; }; };
    """)
    assert [line.split("test-property")[1] for line in lines if line.startswith("probe")] == [
        " 5 bytes sum 15 rc 0",
        " 0 bytes sum 0 rc 0",
        " absent rc 0",
    ]


def test_more_matches_than_there_is_room_for(scan: Callable[[str], list[str]]) -> None:
    lines = scan("".join(f'n{i} {{ compatible = "test,uart"; }};' for i in range(200)))
    kept = len(probes(lines))
    assert 110 <= kept < 130
    assert f"bound {kept}" in lines
    (report,) = [line for line in lines if line.startswith("err")]
    assert report == (
        f"err: device tree: {200 - kept} nodes left out, no room after {kept} matching ones"
    )


def any_of(strings: set[str]) -> list[Fake]:
    return [Fake(name=f"d{i}", strings={one: 0}) for i, one in enumerate(sorted(strings))]


def assert_agrees_with_board(source: str, folder: pathlib.Path, skip: Sequence[str] = ()) -> None:
    """Have a driver for every string of a board, and compare with the reader in Python."""
    board = read_board(source)
    (folder / "board.dtb").write_bytes(board.blob)
    program = compiled(folder, any_of({one.compatible[0] for one in board.nodes if one.compatible}))
    lines = output(program, str(folder / "board.dtb"))
    expected = [
        " ".join([one.path, *(f"{r.base:#x}+{r.size:#x}" for r in one.regions[:6])])
        for one in board.nodes
        if one.compatible and one.enabled and one.path not in skip
    ]
    found = [line.split(" ", 1)[1] for line in probes(lines)]
    assert [one for one in found if one.split()[0] not in skip] == expected
    assert f"model {board.model}" in lines
    assert [f"memory {r.base:#x}+{r.size:#x}" for r in board.memory] == [
        line for line in lines if line.startswith("memory ")
    ]
    if board.interrupt_parent:
        assert any(line.startswith(f"irqchip {board.interrupt_parent} ") for line in lines)


@pytest.mark.parametrize("machine", ["qemu:virt", "qemu:virt,gic-version=3,secure=on"])
def test_qemu_virt_as_the_board_stage_reads_it(machine: str, tmp_path: pathlib.Path) -> None:
    assert_agrees_with_board(machine, tmp_path)


@pytest.mark.parametrize("name", ["interrupts", "nested", "small"])
def test_stored_boards_as_the_board_stage_reads_them(name: str, tmp_path: pathlib.Path) -> None:
    pci = "/soc/pcie@50000000/window@10000000"  # three address cells
    assert_agrees_with_board(
        os.path.join(HERE, "data", "boards", f"{name}.dts"), tmp_path, skip=[pci]
    )


def test_order_of_properties_does_not_matter(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        #size-cells = <1>; #address-cells = <1>;
        bus { #size-cells = <1>; #address-cells = <2>;
              ranges = <0 0x100 0x40000000 0x1000>;
              uart@100 { status = "okay"; reg = <0 0x180 0x20>; compatible = "test,uart"; };
              out@0 { reg = <0 0x80 0x20>, <0 0x180 0x20>; compatible = "test,uart"; }; };
    """)
    assert probes(lines) == ["uart /bus/uart@100 0x40000080+0x20", "uart /bus/out@0"]


def good_tree(folder: pathlib.Path) -> bytes:
    body = f"""
        {CELLS} interrupt-parent = <&chip>; model = "m";
        aliases {{ con = "/bus/uart@10"; }};
        chosen {{ stdout-path = "con:1"; }};
        memory@0 {{ device_type = "memory"; reg = <0 0x1000>; }};
        bus {{ {CELLS} ranges = <0 0x1000 0x1000>; dma-ranges = <0 0x40000000 0x10000>;
               compatible = "test,bus";
               uart@10 {{ compatible = "test,uart"; reg = <0x10 0x10>; interrupts = <0 1 1>;
                          status = "okay"; test-property = "x";
                          test-dma = <0x40000000 0x1000>; }};
               host@20 {{ compatible = "test,host"; reg = <0x20 0x10>; test-ranges; test-region = <0>;
                          #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>;
                          ranges = <1 0 0 0x100 0 0x100>, <2 0 0x10000000 0x200 0 0x200>;
                          dma-ranges = <2 0 0 0 0 0x10000>;
                          interrupt-map-mask = <0x1800 0 0 7>;
                          interrupt-map = <0 0 0 1 &chip 0 9 0>, <0x800 0 0 1 &nexus 5 6>;
                          test-map = <0 0 0 1>, <0x800 0 0 1>;
                          test-add = "0", "pci1234,11e8"; test-add-late = "1", "test,uart"; }};
        }};
        nexus: nexus {{ #address-cells = <1>; #interrupt-cells = <1>;
                        interrupt-map = <5 6 &chip 0 10 1>; }};
        chip: chip {{ compatible = "test,chip"; interrupt-controller; #interrupt-cells = <3>;
                      reg = <0x2000 0x1000>; }};
        e {{ compatible = "test,uart"; reg = <5>; interrupts-extended = <&chip 0 2 0>, <&nexus 6>; }};
    """
    with open(tree(folder, body), "rb") as file:
        return file.read()


def cut(blob: bytes, size: int) -> bytes:
    return blob[:size]


def cell(blob: bytes, index: int, value: int) -> bytes:
    return blob[: index * 4] + struct.pack(">I", value) + blob[index * 4 + 4 :]


def with_token(blob: bytes, old: bytes, new: bytes) -> bytes:
    """Replace the last occurrence, which is in the structure block."""
    at = blob.rindex(old)
    return blob[:at] + new + blob[at + len(old) :]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda blob: cut(blob, 0), id="empty"),
        pytest.param(lambda blob: cut(blob, 39), id="header cut"),
        pytest.param(lambda blob: cut(blob, len(blob) - 1), id="shorter than it says"),
        pytest.param(lambda blob: cell(blob, 0, 0xD00DFEEE), id="magic"),
        pytest.param(lambda blob: cell(blob, 2, 0xFFFFFFF0), id="structure outside"),
        pytest.param(lambda blob: cell(blob, 2, 58), id="structure unaligned"),
        pytest.param(lambda blob: cell(blob, 3, 0xFFFFFFF0), id="strings outside"),
        pytest.param(lambda blob: cell(blob, 5, 16), id="version 16"),
        pytest.param(lambda blob: cell(blob, 6, 18), id="incompatible version"),
        pytest.param(lambda blob: cell(blob, 8, 0), id="no strings"),
        pytest.param(lambda blob: cell(blob, 8, 12), id="strings without an end"),
        pytest.param(lambda blob: cell(blob, 9, 0), id="no structure"),
        pytest.param(lambda blob: cell(blob, 9, 0xFFFFFFFC), id="structure too long"),
        pytest.param(lambda blob: cell(blob, 14, 9), id="end first"),
        pytest.param(lambda blob: cell(blob, 14, 2), id="end of no node"),
        pytest.param(lambda blob: cell(blob, 17, 0x7FFFFFFF), id="property too long"),
        pytest.param(lambda blob: cell(blob, 17, 0xFFFFFFFF), id="property size wraps"),
        pytest.param(lambda blob: cell(blob, 18, 0x7FFFFFFF), id="name outside"),
        pytest.param(lambda blob: cell(blob, 16, 5), id="unknown token"),
        pytest.param(
            lambda blob: with_token(blob, struct.pack(">3I", 2, 2, 9), struct.pack(">3I", 2, 4, 9)),
            id="root without an end",
        ),
    ],
)
def test_malformed_tree_leaves_nothing(
    core: str, tmp_path: pathlib.Path, change: Callable[[bytes], bytes]
) -> None:
    blob = good_tree(tmp_path)
    (tmp_path / "bad.dtb").write_bytes(change(blob))
    assert output(core, str(tmp_path / "bad.dtb")) == [
        "scan -22",
        "model ",
        "irqchip none none",
        "bound 0",
    ]


def test_no_operation_tokens_are_skipped(core: str, tmp_path: pathlib.Path) -> None:
    blob = good_tree(tmp_path)
    (tmp_path / "good.dtb").write_bytes(blob)
    value = b"test-property\0"
    offset = blob.index(value) - struct.unpack(">I", blob[12:16])[0]
    prop = struct.pack(">3I", 3, 2, offset) + b"x\0\0\0"
    assert blob.count(prop) == 1
    (tmp_path / "nops.dtb").write_bytes(blob.replace(prop, struct.pack(">I", 4) * 4))
    before = output(core, str(tmp_path / "good.dtb"))
    after = output(core, str(tmp_path / "nops.dtb"))
    assert before[0] == after[0] == "scan 0"
    assert probes(before) == probes(after)


def test_deepest_tree(core: str, tmp_path: pathlib.Path) -> None:
    def nested(depth: int) -> str:
        return "n { " * depth + 'compatible = "test,uart";' + " };" * depth

    assert probes(output(core, tree(tmp_path, nested(30)))) == ["uart " + "/n" * 30]
    assert output(core, tree(tmp_path, nested(31)))[0] == "scan -22"


def test_broken_trees_end_cleanly(core: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "good.dtb").write_bytes(good_tree(tmp_path))
    (line,) = output(core, str(tmp_path / "good.dtb"), "100000", "20240611")
    assert 1000 < int(line.removeprefix("good ")) < 99000
