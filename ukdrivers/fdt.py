"""Read a flattened device tree (a ``.dtb`` file) into its nodes and their properties.

In:  the bytes of a tree (from :mod:`ukdrivers.board`).
Out: :class:`RawNode` in tree order (back to it); what they mean is not looked at here.

Nothing in the input is trusted: every offset and length is checked before it is used, every step
goes forward, and every name is bounded, so that reading ends for any bytes whatever.

Source: Devicetree Specification v0.4, chapter 5.
"""

from __future__ import annotations

import array
import struct
import sys

from ukdrivers.errors import BoardError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["RawNode", "packed", "parse", "total_size"]

MAGIC = 0xD00DFEED
HEADER = struct.Struct(">10I")
VERSION = 17
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9

#: The specification stops names at 31 characters (2.2.1, 2.2.4); boards do not, but none needs
#: more than this, and without a bound a small file could ask for gigabytes of paths.
MAX_NAME = 255
MAX_DEPTH = 64

#: Wider than the specification's own tables (2.2.1, 2.2.4), but fit to be printed.
NAME_BYTES = bytes(range(0x21, 0x7F))
NODE_BYTES = NAME_BYTES.replace(b"/", b"")


class _Block:
    """The structure block as words. A place in it is the index of a word."""

    __slots__ = ("_blob", "_start", "words")

    def __init__(self, blob: bytes, start: int, end: int) -> None:
        self._blob = blob
        self._start = start
        self.words = array.array("I", blob[start:end])
        if sys.byteorder == "little":
            self.words.byteswap()

    def value(self, place: int) -> bytes:
        """Return the value of the property whose token is at a place."""
        start = self._start + 4 * place + 12
        return self._blob[start : start + self.words[place + 1]]


class RawNode:
    """One node as it stands in the structure block.

    :param path: full path; ``/`` for the root
    :param parent: index of the parent in the list of nodes; -1 for the root
    """

    __slots__ = ("_block", "_places", "_values", "parent", "path")

    def __init__(self, path: str, parent: int, places: dict[str, int], block: _Block) -> None:
        self.path = path
        self.parent = parent
        self._places = places
        self._block = block
        self._values: dict[str, bytes] | None = None

    @property
    def properties(self) -> dict[str, bytes]:
        """Values by name, in the order of the tree."""
        if self._values is None:
            value = self._block.value
            self._values = {name: value(at) for name, at in self._places.items()}
        return self._values

    def has(self, name: str) -> bool:
        """Tell whether there is such a property, without reading any value."""
        return name in self._places

    def value(self, name: str) -> bytes | None:
        """Return one property's value; none: there is no such property."""
        at = self._places.get(name)
        return None if at is None else self._block.value(at)


def parse(blob: bytes, *, source: str) -> list[RawNode]:
    """List the nodes of a flattened device tree.

    :param blob: the tree; bytes after its own total size are not looked at
    :param source: where it came from, for messages
    :returns: the nodes in tree order, the root first; a parent always before its children
    :raises BoardError: the tree is truncated or malformed; the message has the byte offset

    Source: Devicetree Specification v0.4, 5.2 (header), 5.3 (memory reservations), 5.4 (structure).
    """
    return _Reader(blob, source).nodes()


def total_size(blob: bytes) -> int:
    """Tell how many bytes a tree that :func:`parse` accepted takes, free space and all."""
    return int.from_bytes(blob[4:8], "big")


def packed(blob: bytes) -> bytes:
    """Return a tree that :func:`parse` accepted without the free space at its end.

    Source: Devicetree Specification v0.4, 5.2 (header), 5.3 (memory reservations).
    """
    header = list(HEADER.unpack_from(blob))
    structure, strings, reservations, strings_size, structure_size = (
        header[at] for at in (2, 3, 4, 8, 9)
    )
    while any(blob[reservations : reservations + 16]):
        reservations += 16
    header[1] = max(structure + structure_size, strings + strings_size, reservations + 16)
    return HEADER.pack(*header) + blob[HEADER.size : header[1]]


class _Reader:
    """One pass over one tree. All offsets are in bytes from the start of the header."""

    def __init__(self, blob: bytes, source: str) -> None:
        self.blob = blob
        self.source = source
        header = self._header()
        self.start, self.strings, reservations = header[2], header[3], header[4]
        self.end = self._block("structure block", 8, self.start, header[9], 4)
        self.strings_end = self._block("strings block", 12, self.strings, header[8], 1)
        self._check_reservations(reservations, total=header[1])
        self.block = _Block(blob, self.start, self.end)
        self.words = self.block.words.tolist()  # the array makes a number each time it is asked
        self.names: dict[int, str] = {}
        self.found: list[RawNode] = []
        self.paths: set[str] = set()
        self.open: list[int] = []

    def nodes(self) -> list[RawNode]:
        """Walk the structure block from its first token to its last.

        Values are only stepped over: of most properties, nobody asks for it.
        """
        words, names, opened = self.words, self.names, self.open
        count = len(words)
        places: dict[str, int] | None = None
        at = 0
        try:
            while True:
                token = words[at]
                if token == PROP:
                    name = names.get(words[at + 2])
                    after = at + 3 + (words[at + 1] + 3 >> 2)
                    if name is None or after > count or places is None or name in places:
                        name, places = self._new_property(at, places)
                    places[name] = at
                    at = after
                elif token == BEGIN_NODE:
                    places = {}
                    at = self._begin_node(at, places)
                elif token == END_NODE and opened:
                    opened.pop()
                    places = None
                    at += 1
                elif token == NOP:
                    at += 1
                else:
                    self._end(at, token)
                    return self.found
        except IndexError:
            self._fail(self.end, "the structure block ends without FDT_END")

    def _new_property(self, at: int, places: dict[str, int] | None) -> tuple[str, dict[str, int]]:
        """Check a property whose name is new, or with which something is wrong."""
        here = self.start + at * 4
        length, name_offset = self.words[at + 1], self.words[at + 2]
        left = self.end - here - 12
        if length > left:
            self._fail(
                here, f"property value of {length} bytes, but the structure block ends in {left}"
            )
        if places is None:
            self._fail(here, "property after a subnode, or outside every node")
        if name_offset >= self.strings_end - self.strings:
            size = self.strings_end - self.strings
            self._fail(
                here + 8, f"property name at {name_offset:#x} of a strings block of {size:#x} bytes"
            )
        where = self.strings + name_offset
        name = self.names[name_offset] = self._name("property name", where, self.strings_end)
        if not name:
            self._fail(here + 8, "property without a name")
        if name in places:
            self._fail(here, f"property {name} for the second time in {self.found[-1].path}")
        return name, places

    def _begin_node(self, at: int, places: dict[str, int]) -> int:
        """Open a node and return the index of the word after its name."""
        found, opened = self.found, self.open
        start = self.start + at * 4 + 4
        end = self.blob.find(b"\0", start, start + MAX_NAME + 1)
        raw = self.blob[start:end]
        if raw and opened and start < end < self.end and not raw.translate(None, NODE_BYTES):
            parent = opened[-1]
            path = f"{found[parent].path if parent else ''}/{raw.decode()}"
        else:
            path, parent = self._root(start), -1
        if path in self.paths:
            self._fail(start - 4, f"node {path} for the second time")
        if len(opened) == MAX_DEPTH:
            self._fail(start - 4, f"node more than {MAX_DEPTH} levels deep")
        self.paths.add(path)
        opened.append(len(found))
        found.append(RawNode(path, parent, places, self.block))
        return at + 2 + len(raw) // 4

    def _root(self, start: int) -> str:
        """Check the name of a node that is the root, or that is not as it has to be."""
        name = self._name("node name", start, self.end)
        if "/" in name:
            self._fail(start, f"node name '{name}' has a slash")
        if self.open:
            self._fail(start, f"subnode of {self.found[self.open[-1]].path} without a name")
        if self.found:
            self._fail(start - 4, f"second root node '{name}', one was wanted")
        if name:
            self._fail(start, f"root node named '{name}', no name was wanted")
        return "/"

    def _end(self, at: int, token: int) -> None:
        """Accept the last token of the block, or say why it is not that."""
        here = self.start + at * 4
        if token == END_NODE:
            self._fail(here, "FDT_END_NODE without a node to end")
        if token != END:
            self._fail(here, f"unknown token {token:#x}")
        if self.open:
            self._fail(here, f"FDT_END inside node {self.found[self.open[-1]].path}")
        if not self.found:
            self._fail(here, "FDT_END before any node")
        if here + 4 != self.end:
            self._fail(here, f"FDT_END, but {self.end - here - 4} bytes follow in the block")

    def _name(self, what: str, start: int, limit: int) -> str:
        """Read a null-terminated name that starts at *start* and ends before *limit*."""
        end = self.blob.find(b"\0", start, min(limit, start + MAX_NAME + 1))
        if end < 0:
            if limit - start > MAX_NAME:
                self._fail(start, f"{what} longer than {MAX_NAME} bytes")
            self._fail(start, f"{what} without an end before {limit:#x}, where its block ends")
        raw = self.blob[start:end]
        strange = raw.translate(None, NAME_BYTES)
        if strange:
            self._fail(start, f"{what} with byte {strange[0]:#04x}, printable ASCII was wanted")
        return raw.decode("ascii")

    def _header(self) -> tuple[int, ...]:
        """Read the header (5.2) and check all of it but the blocks it points to."""
        size = len(self.blob)
        if size < HEADER.size:
            self._fail(size, f"the file ends within the header of {HEADER.size} bytes")
        header = HEADER.unpack_from(self.blob)
        if header[0] != MAGIC:
            self._fail(0, f"magic {header[0]:#010x}, {MAGIC:#x} of a device tree was wanted")
        if header[1] > size:
            self._fail(4, f"total size of {header[1]} bytes, but the file ends at {size}")
        if header[1] < HEADER.size:
            self._fail(4, f"total size of {header[1]} bytes, the header alone has {HEADER.size}")
        if header[5] < VERSION:
            self._fail(20, f"version {header[5]}, {VERSION} or later was wanted")
        if header[6] > VERSION:
            self._fail(24, f"readable from version {header[6]} on, {VERSION} was wanted")
        return header

    def _block(self, what: str, field: int, start: int, size: int, unit: int) -> int:
        """Check one block against the tree's total size and return its end."""
        total = total_size(self.blob)
        if start % unit or size % unit:
            self._fail(
                field, f"{what} of {size} bytes at {start:#x}, multiples of {unit} were wanted"
            )
        if start < HEADER.size:
            self._fail(field, f"{what} at {start:#x}, within the header")
        if start + size > total:
            self._fail(
                field, f"{what} of {size} bytes at {start:#x}, but the tree ends at {total:#x}"
            )
        return start + size

    def _check_reservations(self, start: int, *, total: int) -> None:
        """Look for the pair of zeros that ends the memory reservation block (5.3.2)."""
        self._block("memory reservation block", 16, start, 0, 8)
        for entry in range(start, total - 15, 16):
            if self.blob[entry : entry + 16] == bytes(16):
                return
        self._fail(start, "memory reservation block without an end")

    def _fail(self, offset: int, text: str) -> NoReturn:
        raise BoardError(f"{self.source}: offset {offset:#x}: {text}")
