"""The platform bus for Unikraft, and its look-ups in the device tree, compiled natively.

The look-ups are compared with libfdt on real trees. The headers in ``unikraft/bus/include`` declare
of Unikraft what these files use, and nothing else.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from ukdrivers.board import read_board

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterator, Sequence

    Ask = Callable[..., list[str]]
    Offer = Callable[..., list[str]]

HERE = os.path.dirname(__file__)
BUS = os.path.join(os.path.dirname(HERE), "ukdrivers", "hosts", "unikraft", "bus")
STUBS = os.path.join(HERE, "unikraft", "bus")
BOARDS = os.path.join(HERE, "data", "boards")
SOURCES = [
    *sorted(os.path.join(BOARDS, name) for name in os.listdir(BOARDS) if name.endswith(".dts")),
    "qemu:virt,gic-version=2",
    "qemu:virt,gic-version=3,virtualization=on",
    "qemu:virt,secure=on",
]

OKAY: tuple[list[str], ...] = ([], ["okay"], ["ok"])
NOTFOUND, BADNCELLS = -1, -14
INVAL, NODEV, NOMEM = -22, -19, -12

FLAGS = (
    *("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-D__LIBNAME__=test"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    *(f"-I{BUS}", f"-I{BUS}/include", f"-I{STUBS}", f"-I{STUBS}/include"),
)

pytestmark = pytest.mark.filterwarnings("ignore:builtin type:DeprecationWarning")


def compiled(folder: pathlib.Path, *sources: str, defines: Sequence[str] = ()) -> str:
    subprocess.run(
        ["gcc", *FLAGS, *defines, *sources, "-o", "program"],
        cwd=folder,
        check=True,
    )
    return str(folder / "program")


def output(*command: str, text: str = "") -> list[str]:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def lookups(tmp_path_factory: pytest.TempPathFactory) -> str:
    files = [f"{BUS}/{name}.c" for name in ("index", "lookup", "query", "wrap")]
    return compiled(tmp_path_factory.mktemp("lookups"), f"{STUBS}/lookup_test.c", *files)


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> str:
    files = [f"{BUS}/{name}.c" for name in ("bus", "index", "lookup", "nodes", "query")]
    return compiled(tmp_path_factory.mktemp("bus"), f"{STUBS}/bus_test.c", *files)


def contents(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def tree(body: str) -> bytes:
    """Compile the body of a root node."""
    source = f"/dts-v1/;\n/ {{\n{body}\n}};\n".encode()
    dtc = ["dtc", "-q", "-f", "-O", "dtb"]
    return subprocess.run(dtc, input=source, capture_output=True, check=True).stdout


def offsets(blob: bytes) -> list[int]:
    """All nodes, as libfdt numbers them."""
    import libfdt

    found, at, depth = [], 0, 0
    while at >= 0 and depth >= 0:
        found.append(at)
        at, depth = libfdt.fdt_next_node(bytearray(blob), at, depth)
    return found


def questions(blob: bytes) -> list[tuple[str, str]]:
    """Everything that can be asked about a tree, and libfdt's answer."""
    import libfdt

    fdt = libfdt.FdtRo(blob)
    return [*about_nodes(libfdt, fdt, blob), *about_searches(libfdt, fdt, blob)]


def about_nodes(libfdt: Any, fdt: Any, blob: bytes) -> Iterator[tuple[str, str]]:
    raw = bytearray(blob)
    for at in offsets(blob):
        path = fdt.get_path(at)
        for one in (path, re.sub(r"@[^/]*$", "", path) + "//"):
            yield f"path 0 {one}", str(libfdt.fdt_path_offset(raw, one))
        yield f"parent {at} -", str(libfdt.fdt_parent_offset(raw, at))
        yield f"address-cells {at} -", str(libfdt.fdt_address_cells(raw, at))
        yield f"size-cells {at} -", str(libfdt.fdt_size_cells(raw, at))
        if fdt.get_phandle(at):
            yield f"phandle {fdt.get_phandle(at)} -", str(at)
        for name in ("reg", "interrupts", "compatible", "compat", "no-such"):
            value = fdt.getprop(at, name, [libfdt.NOTFOUND])
            yield f"property {at} {name}", str(value) if value == NOTFOUND else f"={value.hex()}"


def about_searches(libfdt: Any, fdt: Any, blob: bytes) -> Iterator[tuple[str, str]]:
    """A search that libfdt ends at a disabled node goes on from there."""
    raw, nodes = bytearray(blob), offsets(blob)

    def texts(at: int, name: str) -> list[str]:
        value = fdt.getprop(at, name, [libfdt.NOTFOUND])
        return [] if value == NOTFOUND else value.decode().rstrip("\0").split("\0")

    disabled: set[int] = set()
    for at in nodes:
        if libfdt.fdt_parent_offset(raw, at) in disabled or texts(at, "status") not in OKAY:
            disabled.add(at)

    known = {text for at in nodes for text in texts(at, "compatible") if text}
    for start in (-1, *nodes[:: max(1, len(nodes) // 8)]):
        for text in sorted(known | {"no,such"}):
            found = libfdt.fdt_node_offset_by_compatible(raw, start, text)
            while found in disabled:
                found = libfdt.fdt_node_offset_by_compatible(raw, found, text)
            yield f"compatible {start} {text}", str(found)
        for text in ("memory", "cpu", "pci", "mem"):
            fitting = (at for at in nodes if at > start and texts(at, "device_type") == [text])
            found = next((at for at in fitting if at not in disabled), NOTFOUND)
            yield f"device_type {start} {text}", str(found)


@pytest.fixture
def ask(lookups: str, tmp_path: pathlib.Path) -> Ask:
    """Put questions about a tree and return the answers."""

    def answers(blob: bytes, *questions: str, room: int = 0) -> list[str]:
        (tmp_path / "tree.dtb").write_bytes(blob)
        return output(lookups, f"{tmp_path}/tree.dtb", str(room), text="\n".join(questions))

    return answers


@pytest.fixture
def offer(bus: str, tmp_path: pathlib.Path) -> Offer:
    """Run the bus on a tree, with memory for so many blocks, and return what it said."""

    def lines(blob: bytes, budget: int = 9) -> list[str]:
        (tmp_path / "tree.dtb").write_bytes(blob)
        return output(bus, f"{tmp_path}/tree.dtb" if blob else "", str(budget))

    return lines


def probed(lines: Sequence[str]) -> list[str]:
    """What was said after the drivers' own start."""
    return [line for line in lines if ": init" not in line and "left out" not in line]


class TestLookups:
    @pytest.mark.parametrize("source", SOURCES, ids=os.path.basename)
    def test_answers_are_those_of_libfdt(self, ask: Ask, source: str) -> None:
        blob = read_board(source).blob
        asked = questions(blob)

        answers = ask(blob, *(question for question, _ in asked))

        assert list(zip(answers, (question for question, _ in asked), strict=True)) == [
            (answer, question) for question, answer in asked
        ]

    @pytest.mark.parametrize("source", SOURCES, ids=os.path.basename)
    def test_and_so_with_just_enough_room(self, ask: Ask, source: str) -> None:
        blob = read_board(source).blob
        asked = questions(blob)

        answers = ask(blob, *(question for question, _ in asked), room=len(offsets(blob)))

        assert answers == [answer for _, answer in asked]

    def test_what_no_node_is_at_is_asked_of_the_tree_library(self, ask: Ask) -> None:
        assert ask(
            tree("one { };"), "parent 4 -", "property 4 reg", "compatible 4 a", "parent -1 -"
        ) == [
            "library",
            "library",
            "4 a library",
            "library",
        ]

    def test_a_search_goes_on_in_the_tree_library_after_the_last_node_noted(self, ask: Ask) -> None:
        body = tree('one { }; two { compatible = "a"; device_type = "memory"; phandle = <7>; };')
        last = offsets(body)[1]

        assert ask(
            body, "compatible -1 a", "device_type -1 memory", "phandle 7 -", "path 0 /two", room=2
        ) == [f"{last} a library", f"{last} device_type 7 library", "library", "/two library"]

    def test_disabled_nodes_and_what_is_under_them_are_not_found_by_what_they_are(
        self, ask: Ask
    ) -> None:
        body = tree(
            'off { status = "disabled"; in { compatible = "a"; device_type = "memory"; }; };'
            'reserved { compatible = "a"; device_type = "memory"; status = "reserved"; };'
            'on { compatible = "b", "a"; device_type = "memory"; status = "ok"; phandle = <1>; };'
        )
        at = str(offsets(body)[4])

        assert ask(body, "compatible -1 a", "device_type -1 memory", f"compatible {at} a") == [
            at,
            at,
            str(NOTFOUND),
        ]

    def test_disabled_nodes_are_found_by_where_they_are(self, ask: Ask) -> None:
        body = tree('off { status = "disabled"; phandle = <9>; };')
        at = str(offsets(body)[1])

        assert ask(body, "phandle 9 -", "path 0 /off", f"parent {at} -") == [at, at, "0"]

    @pytest.mark.parametrize(
        ("cells", "address", "size"),
        [
            ("<0>", BADNCELLS, 0),
            ("<4>", 4, 4),
            ("<5>", BADNCELLS, BADNCELLS),
            ("<1 1>", BADNCELLS, BADNCELLS),
            ('""', BADNCELLS, BADNCELLS),
        ],
    )
    def test_counts_of_cells(self, ask: Ask, cells: str, address: int, size: int) -> None:
        body = tree(f"#address-cells = {cells}; #size-cells = {cells};")

        assert ask(body, "address-cells 0 -", "size-cells 0 -") == [str(address), str(size)]

    def test_a_tree_that_grew_or_moved_is_left_to_the_tree_library(self, ask: Ask) -> None:
        size, where = "cell 9 0x200", "cell 2 0x60"

        assert ask(tree(""), "parent 0 -", size, "parent 0 -") == [str(NOTFOUND), "library"]
        assert ask(tree(""), "parent 0 -", where, "parent 0 -") == [str(NOTFOUND), "library"]

    def test_a_property_taken_out_in_place_is_gone(self, ask: Ask) -> None:
        blob = tree('compatible = "a";')
        first = struct.unpack_from(">I", blob, 8)[0] // 4 + 2
        gone = [f"cell {first + i} 4" for i in range(4)]

        assert ask(blob, "compatible -1 a", *gone, "compatible -1 a", "property 0 compatible") == [
            "0",
            str(NOTFOUND),
            str(NOTFOUND),
        ]

    @pytest.mark.parametrize("cut", range(0, 64, 4))
    def test_malformed_trees_are_left_to_the_tree_library(self, ask: Ask, cut: int) -> None:
        blob = bytearray(tree('a { compatible = "a"; reg = <1 2>; }; b { };'))
        at, size = struct.unpack_from(">I", blob, 8)[0], struct.unpack_from(">I", blob, 36)[0]
        if cut < size:
            struct.pack_into(">I", blob, at + cut, 0xFFFFFFFF)

        assert ask(bytes(blob), "parent 0 -")[0] in ("library", str(NOTFOUND))

    @pytest.mark.parametrize("cell", [0, 1, 2, 3, 5, 6, 8, 9])
    def test_so_are_malformed_headers(self, ask: Ask, cell: int) -> None:
        blob = bytearray(tree("a { };"))
        struct.pack_into(">I", blob, cell * 4, 16 if cell in (1, 5) else 0xFFFFFFF0)

        assert ask(bytes(blob), "parent 0 -") == ["library"]

    def test_properties_after_a_child_are_malformed(self, ask: Ask) -> None:
        blob = bytearray(tree("x = <1>; a { };"))
        at = struct.unpack_from(">I", blob, 8)[0]
        prop, node = blob[at + 8 : at + 24], blob[at + 24 : at + 36]
        blob[at + 8 : at + 36] = node + prop

        assert ask(bytes(blob), "parent 0 -") == ["library"]


class TestBus:
    def test_each_node_goes_to_the_driver_that_knows_it(self, offer: Offer) -> None:
        body = (
            'a { compatible = "test,nothing"; }; b { };'
            'c { compatible = "test,simple"; };'
            'd { compatible = "test,special", "test,foreign"; };'
        )
        _, _, _, c, d = offsets(tree(body))

        assert probed(offer(tree(body))) == [
            f"simple: probe 0x100 at {c}",
            "simple: add",
            "info: c: bound as test,simple",
            f"foreign: probe 0xf000 at {d}",
            "foreign: add",
            "info: d: bound as test,foreign",
            "bus: 0, 2 kept",
        ]

    def test_who_says_not_mine_leaves_it_to_the_next(self, offer: Offer) -> None:
        lines = probed(offer(tree('a { compatible = "test,shared"; };')))

        assert [line.split(" at ")[0] for line in lines] == [
            "shy: probe 0x103",
            "placeholder: probe 0x104",
            "placeholder: add",
            "willing: probe 0x105",
            "willing: add",
            "info: a: bound as test,shared",
            "bus: 0, 1 kept",
        ]
        assert "not zero" not in "".join(lines)

    def test_a_failure_is_reported_and_ends_the_search(self, offer: Offer) -> None:
        body = (
            'a@1 { compatible = "test,broken", "test,simple"; }; b { compatible = "test,simple"; };'
        )
        lines = probed(offer(tree(body)))

        assert lines[1] == "error: a@1: test,broken: error -5"
        assert lines[-2:] == ["info: b: bound as test,simple", "bus: 0, 1 kept"]

    def test_disabled_nodes_are_left_out(self, offer: Offer) -> None:
        body = (
            'a { compatible = "test,simple"; status = "disabled"; };'
            'b { status = "fail"; c { compatible = "test,simple"; }; };'
        )

        assert probed(offer(tree(body))) == ["bus: 0, 0 kept"]

    def test_drivers_that_do_not_start_are_out(self, offer: Offer) -> None:
        lines = offer(tree('a { compatible = "test,uninitialised"; };'))

        assert "error: driver 0x107 left out: error -12" in lines
        assert probed(lines) == ["bus: 0, 0 kept"]

    def test_a_tree_of_any_size(self, offer: Offer) -> None:
        body = "".join(f'n{i} {{ compatible = "test,simple"; }};' for i in range(500))

        assert offer(tree(body), 501)[-1] == "bus: 0, 500 kept"

    @pytest.mark.parametrize(("budget", "kept"), [(0, 0), (4, 3)])
    def test_out_of_memory(self, offer: Offer, budget: int, kept: int) -> None:
        body = "".join(f'n{i} {{ compatible = "test,simple"; }};' for i in range(500))
        lines = offer(tree(body), budget)

        assert lines[-1] == f"bus: {NOMEM}, {kept} kept"

    def test_no_tree_and_a_malformed_one(self, offer: Offer) -> None:
        assert offer(b"")[-1] == f"bus: {NODEV}, 0 kept"
        assert offer(bytes(64))[-2:] == [
            "error: device tree: malformed",
            f"bus: {INVAL}, 0 kept",
        ]


@pytest.mark.parametrize(
    ("pages", "base", "size", "result"),
    [
        ("................", "0x2000", "0x3000", "..ddd........... 0x2000 calls 2"),
        ("................", "0x2800", "0x1000", "..dd............ 0x2800 calls 1"),
        ("..m.............", "0x2200", "0x200", "..d............. 0x2200 calls 1"),
        ("...m.m..........", "0x1000", "0x6000", ".dddddd......... 0x1000 calls 6"),
        ("..mx............", "0x2000", "0x2000", f"..dx............ {NOMEM} calls 2"),
        ("..x.............", "0x2000", "0x2000", f"..x............. {NOMEM} calls 1"),
        ("....MMMM.m......", "0x3000", "0xa000", "...dddddddddd... 0x3000 calls 7"),
    ],
)
def test_registers_are_mapped_whatever_is_there(
    tmp_path: pathlib.Path, pages: str, base: str, size: str, result: str
) -> None:
    program = compiled(
        tmp_path,
        f"{STUBS}/devmap_test.c",
        f"{BUS}/devmap.c",
        defines=["-DCONFIG_PAGING=1", "-DCONFIG_ARCH_ARM_64=1"],
    )

    assert output(program, pages, base, size) == [result]


def test_all_that_is_wrapped_is_exported_and_there() -> None:
    makefile, exports, source = (
        contents(f"{BUS}/{name}").decode() for name in ("Makefile.uk", "exportsyms.uk", "wrap.c")
    )
    wrapped = sorted(re.findall(r"--wrap=(\w+)", makefile))

    assert wrapped == re.findall(r"^__wrap_(\w+)$", exports, re.MULTILINE)
    assert wrapped == sorted(
        re.findall(r"^(?:\w.* \*?)?__wrap_(\w+)\([^;]*?\)\n\{", source, re.MULTILINE)
    )
