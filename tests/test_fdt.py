"""The flattened format: what is good is read, what is malformed is refused by offset."""

from __future__ import annotations

import os
import struct

import pytest

from tests.board_sources import blob_of, contents
from ukdrivers import fdt
from ukdrivers.board import read_board
from ukdrivers.errors import BoardError

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")
START = 56  # of the structure block: header of 40 bytes, one empty reservation of 16


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def begin(name: bytes) -> bytes:
    return words(1) + name + bytes(4 - len(name) % 4)


def prop(name: int, value: bytes = b"") -> bytes:
    return words(3, len(value), name) + value + bytes(-len(value) % 4)


END_NODE, NOP, END = words(2), words(4), words(9)
STRINGS = b"reg\0status\0"
REG, STATUS = 0, 4


def tree(structure: bytes, /, *, names: bytes = STRINGS, **fields: int) -> bytes:
    """Lay out a tree: header, one reservation (none), structure, strings."""
    end = START + len(structure)
    header = {
        "magic": 0xD00DFEED,
        "total": end + len(names),
        "structure": START,
        "strings": end,
        "reservations": 40,
        "version": 17,
        "compatible": 16,
        "cpu": 0,
        "strings_size": len(names),
        "structure_size": len(structure),
    }
    assert fields.keys() <= header.keys()
    return words(*(header | fields).values()) + bytes(16) + structure + names


GOOD = tree(begin(b"") + prop(REG, b"12345") + begin(b"a@1") + END_NODE + END_NODE + END)


def test_nodes_come_in_tree_order_with_their_properties() -> None:
    structure = (
        NOP
        + begin(b"")
        + prop(STATUS, b"okay\0")
        + NOP
        + begin(b"bus")
        + prop(REG)
        + begin(b"uart@10")
        + END_NODE
        + END_NODE
        + begin(b"timer")
        + END_NODE
        + END_NODE
        + NOP
        + END
    )

    nodes = fdt.parse(tree(structure), source="x")

    values = [nodes.properties(index) for index in range(len(nodes))]
    assert [*zip(nodes.paths, nodes.parents, values, strict=True)] == [
        ("/", -1, {"status": b"okay\0"}),
        ("/bus", 0, {"reg": b""}),
        ("/bus/uart@10", 1, {}),
        ("/timer", 0, {}),
    ]


def test_a_property_name_may_be_the_tail_of_another() -> None:
    nodes = fdt.parse(tree(begin(b"") + prop(STATUS + 2) + END_NODE + END), source="x")

    assert nodes.properties(0) == {"atus": b""}


def test_bytes_after_the_total_size_are_not_looked_at() -> None:
    assert len(fdt.parse(GOOD + b"junk", source="x")) == 2
    assert fdt.total_size(GOOD + b"junk") == len(GOOD)


@pytest.mark.parametrize("name", ["qemu:virt", "small.dts"])
def test_a_packed_tree_is_the_same_without_its_free_space(name: str) -> None:
    blob = read_board(name if name.startswith("qemu:") else os.path.join(BOARDS, name)).blob

    packed = fdt.packed(blob + bytes(100))

    assert contents(packed) == contents(blob)
    assert fdt.total_size(packed) == len(packed) < 16 << 10
    assert fdt.packed(packed) == packed


def test_packing_keeps_the_memory_reservations() -> None:
    """They may stand last, before nothing but free space."""
    text = "/dts-v1/;\n/memreserve/ 0x1000 0x20;\n/memreserve/ 0x0 0x20;\n/ { };\n"
    plain = blob_of(text)
    header = list(fdt.HEADER.unpack_from(plain))
    start, size = header[4], header[2] - header[4]
    header[4] = len(plain)
    header[1] = len(plain) + size
    moved = fdt.HEADER.pack(*header) + plain[40:] + plain[start : start + size] + bytes(50)

    assert fdt.packed(moved)[header[4] :] == plain[start : start + size]


@pytest.mark.parametrize("version", [17, 18, 99])
def test_later_versions_are_read_when_they_say_they_can_be(version: int) -> None:
    blob = tree(begin(b"") + END_NODE + END, version=version, compatible=17)

    assert fdt.parse(blob, source="x").paths == ["/"]


@pytest.mark.parametrize(
    ("blob", "message"),
    [
        (b"", "offset 0x0: the file ends within the header of 40 bytes"),
        (GOOD[:39], "offset 0x27: the file ends within the header of 40 bytes"),
        (b"\x7fELF" + GOOD, "offset 0x0: magic 0x7f454c46, 0xd00dfeed of a device tree was wanted"),
        (GOOD[:-1], "offset 0x4: total size of 115 bytes, but the file ends at 114"),
        (tree(b"", total=39), "offset 0x4: total size of 39 bytes, the header alone has 40"),
        (tree(b"", version=16), "offset 0x14: version 16, 17 or later was wanted"),
        (
            tree(b"", version=18, compatible=18),
            "offset 0x18: readable from version 18 on, 17 was wanted",
        ),
        (
            tree(END, structure=58),
            "offset 0x8: structure block of 4 bytes at 0x3a, multiples of 4 were wanted",
        ),
        (
            tree(END, structure_size=6),
            "offset 0x8: structure block of 6 bytes at 0x38, multiples of 4 were wanted",
        ),
        (tree(END, structure=36), "offset 0x8: structure block at 0x24, within the header"),
        (
            tree(END, structure=0xFFFFFFFC),
            "offset 0x8: structure block of 4 bytes at 0xfffffffc, but the tree ends at 0x47",
        ),
        (
            tree(END, structure_size=0xFFFFFFFC),
            "offset 0x8: structure block of 4294967292 bytes at 0x38, but the tree ends at 0x47",
        ),
        (tree(END, strings=0), "offset 0xc: strings block at 0x0, within the header"),
        (
            tree(END, strings_size=12),
            "offset 0xc: strings block of 12 bytes at 0x3c, but the tree ends at 0x47",
        ),
        (
            tree(END, reservations=44),
            "offset 0x10: memory reservation block of 0 bytes at 0x2c, multiples of 8 were wanted",
        ),
        (
            tree(END, reservations=0x48),
            "offset 0x10: memory reservation block of 0 bytes at 0x48, but the tree ends at 0x47",
        ),
        (tree(END, reservations=56), "offset 0x38: memory reservation block without an end"),
    ],
)
def test_a_broken_header_is_refused(blob: bytes, message: str) -> None:
    with pytest.raises(BoardError) as caught:
        fdt.parse(blob, source="virt.dtb")
    assert str(caught.value) == f"virt.dtb: {message}"


ROOT = begin(b"")  # 8 bytes, so what follows it stands at 0x40


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        (b"", "offset 0x38: the structure block ends without FDT_END"),
        (ROOT, "offset 0x40: the structure block ends without FDT_END"),
        (ROOT + END_NODE, "offset 0x44: the structure block ends without FDT_END"),
        (ROOT + words(3, 4), "offset 0x48: the structure block ends without FDT_END"),
        (END, "offset 0x38: FDT_END before any node"),
        (ROOT + END, "offset 0x40: FDT_END inside node /"),
        (ROOT + begin(b"a") + END_NODE + END, "offset 0x4c: FDT_END inside node /"),
        (ROOT + begin(b"a") + END, "offset 0x48: FDT_END inside node /a"),
        (ROOT + END_NODE + END + NOP, "offset 0x44: FDT_END, but 4 bytes follow in the block"),
        (END_NODE + END, "offset 0x38: FDT_END_NODE without a node to end"),
        (ROOT + END_NODE + END_NODE, "offset 0x44: FDT_END_NODE without a node to end"),
        (ROOT + words(7), "offset 0x40: unknown token 0x7"),
        (ROOT + words(0), "offset 0x40: unknown token 0x0"),
        (ROOT + END_NODE + ROOT, "offset 0x44: second root node '', one was wanted"),
        (begin(b"root"), "offset 0x3c: root node named 'root', no name was wanted"),
        (ROOT + begin(b""), "offset 0x44: subnode of / without a name"),
        (ROOT + begin(b"a/b"), "offset 0x44: node name 'a/b' has a slash"),
        (
            ROOT + begin(b"a\x1b[2J"),
            "offset 0x44: node name with byte 0x1b, printable ASCII was wanted",
        ),
        (
            ROOT + begin(b"caf\xc3\xa9"),
            "offset 0x44: node name with byte 0xc3, printable ASCII was wanted",
        ),
        (
            ROOT + words(1) + b"abcd",
            "offset 0x44: node name without an end before 0x48, where its block ends",
        ),
        (ROOT + begin(b"a" * 256), "offset 0x44: node name longer than 255 bytes"),
        (
            ROOT + (begin(b"a") + END_NODE) * 2,
            "offset 0x4c: node /a for the second time",
        ),
        (ROOT + begin(b"a") * 64, "offset 0x238: node more than 64 levels deep"),
        (prop(REG), "offset 0x38: property after a subnode, or outside every node"),
        (
            ROOT + begin(b"a") + END_NODE + prop(REG),
            "offset 0x4c: property after a subnode, or outside every node",
        ),
        (
            ROOT + END_NODE + prop(REG),
            "offset 0x44: property after a subnode, or outside every node",
        ),
        (ROOT + prop(REG) * 2, "offset 0x4c: property reg for the second time in /"),
        (
            ROOT + words(3, 4096, REG, 0, 0, 0),
            "offset 0x40: property value of 4096 bytes, but the structure block ends in 12",
        ),
        (
            ROOT + words(3, 0xFFFFFFFF, REG),
            "offset 0x40: property value of 4294967295 bytes, but the structure block ends in 0",
        ),
        (ROOT + prop(11), "offset 0x48: property name at 0xb of a strings block of 0xb bytes"),
        (
            ROOT + prop(0xFFFFFFFF),
            "offset 0x48: property name at 0xffffffff of a strings block of 0xb bytes",
        ),
        (ROOT + prop(3), "offset 0x48: property without a name"),
    ],
)
def test_a_broken_structure_is_refused(structure: bytes, message: str) -> None:
    with pytest.raises(BoardError) as caught:
        fdt.parse(tree(structure), source="virt.dtb")
    assert str(caught.value) == f"virt.dtb: {message}"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (b"reg", "property name without an end before 0x57, where its block ends"),
        (b"r\x7fg\0", "property name with byte 0x7f, printable ASCII was wanted"),
        (b"r" * 256 + b"\0", "property name longer than 255 bytes"),
    ],
)
def test_a_broken_property_name_is_refused(names: bytes, message: str) -> None:
    blob = tree(ROOT + prop(REG) + END_NODE + END, names=names)

    with pytest.raises(BoardError) as caught:
        fdt.parse(blob, source="virt.dtb")
    assert str(caught.value) == f"virt.dtb: offset 0x54: {message}"


def test_63_levels_below_the_root_are_read() -> None:
    structure = ROOT + begin(b"a") * 63 + END_NODE * 64 + END

    assert fdt.parse(tree(structure), source="x").paths[-1] == "/a" * 63


def test_every_truncation_of_a_good_tree_is_refused() -> None:
    blob = read_board(os.path.join(BOARDS, "small.dts")).blob
    for size in range(len(blob)):
        with pytest.raises(BoardError, match=r"^cut: offset 0x[0-9a-f]+: "):
            fdt.parse(blob[:size], source="cut")
