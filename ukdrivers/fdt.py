"""Read a flattened device tree (a ``.dtb`` file) into its nodes and their properties.

In:  the bytes of a tree (from :mod:`ukdrivers.board`).
Out: :class:`Tree` (back to it); what its properties mean is not looked at here.

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

__all__ = ["Tree", "packed", "parse", "reservations", "total_size"]

MAGIC = 0xD00DFEED
HEADER = struct.Struct(">10I")
RESERVATION = struct.Struct(">2Q")
VERSION = 17
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9

#: The specification stops names at 31 characters (2.2.1, 2.2.4); boards do not, but none needs
#: more than this, and without a bound a small file could ask for gigabytes of paths.
MAX_NAME = 255
MAX_DEPTH = 64

#: Wider than the specification's own tables (2.2.1, 2.2.4), but fit to be printed.
NAME_BYTES = bytes(range(0x21, 0x7F))
NODE_BYTES = NAME_BYTES.replace(b"/", b"")


class Tree:
    """The nodes of a tree, each by its index: the root first, a parent before its children.

    Values are only read when somebody asks for them: of most properties, nobody does.
    """

    def __init__(self, blob: bytes, start: int, end: int) -> None:
        self._blob = blob
        self._start = start
        self._words = array.array("I", blob[start:end])
        if sys.byteorder == "little":
            self._words.byteswap()
        self.paths: list[str] = []  #: full path; ``/`` for the root
        self.parents: list[int] = []  #: index of the parent; -1 for the root
        self.places: list[dict[str, int]] = []  #: by name, the word of the property's token

    def words(self) -> list[int]:
        """Return the structure block as 32-bit words."""
        return self._words.tolist()  # the array would make a number each time it is asked

    def __len__(self) -> int:
        return len(self.paths)

    def having(self, name: str) -> list[int]:
        """List the nodes that have a property of that name."""
        return [index for index, places in enumerate(self.places) if name in places]

    def has(self, index: int, name: str) -> bool:
        """Tell whether a node has a property."""
        return name in self.places[index]

    def value(self, index: int, name: str) -> bytes | None:
        """Return a property's value; none: there is no such property."""
        place = self.places[index].get(name)
        return None if place is None else self._at(place)

    def properties(self, index: int) -> dict[str, bytes]:
        """Return all values of a node by name, in the order of the tree."""
        return {name: self._at(place) for name, place in self.places[index].items()}

    def _at(self, place: int) -> bytes:
        start = self._start + 4 * place + 12
        return self._blob[start : start + self._words[place + 1]]


def parse(blob: bytes, *, source: str) -> Tree:
    """Read the nodes of a flattened device tree.

    :param blob: the tree; bytes after its own total size are not looked at
    :param source: where it came from, for messages
    :returns: its nodes; there is a root
    :raises BoardError: the tree is truncated or malformed; the message has the byte offset

    Source: Devicetree Specification v0.4, 5.2 (header), 5.3 (memory reservations), 5.4 (structure).
    """
    return _Reader(blob, source).read()


def total_size(blob: bytes) -> int:
    """Tell how many bytes a tree that :func:`parse` accepted takes, free space and all."""
    return int.from_bytes(blob[4:8], "big")


def packed(blob: bytes) -> bytes:
    """Return a tree that :func:`parse` accepted without the free space at its end.

    Source: Devicetree Specification v0.4, 5.2 (header), 5.3 (memory reservations).
    """
    header = list(HEADER.unpack_from(blob))
    structure, strings, start, strings_size, structure_size = (header[at] for at in (2, 3, 4, 8, 9))
    end = start + RESERVATION.size * (len(reservations(blob)) + 1)
    header[1] = max(structure + structure_size, strings + strings_size, end)
    return HEADER.pack(*header) + blob[HEADER.size : header[1]]


def reservations(blob: bytes) -> list[tuple[int, int]]:
    """List address and size of the memory reservations of a tree that :func:`parse` accepted.

    Source: Devicetree Specification v0.4, 5.3.2.
    """
    (at,) = struct.unpack_from(">I", blob, 16)
    found: list[tuple[int, int]] = []
    while any(entry := RESERVATION.unpack_from(blob, at)):
        found.append(entry)
        at += RESERVATION.size
    return found


class _Reader:
    """One pass over one tree. All offsets are in bytes from the start of the header."""

    def __init__(self, blob: bytes, source: str) -> None:
        self.blob = blob
        self.source = source
        header = self._header()
        self.start, self.strings, reserved = header[2], header[3], header[4]
        self.end = self._block("structure block", 8, self.start, header[9], 4)
        self.strings_end = self._block("strings block", 12, self.strings, header[8], 1)
        self._check_reservations(reserved, total=header[1])
        self.tree = Tree(blob, self.start, self.end)
        self.words = self.tree.words()
        self.names: dict[int, str] = {}
        self.paths: set[str] = set()
        self.open: list[int] = []

    def read(self) -> Tree:
        """Walk the structure block from its first token to its last."""
        tree, words, names, opened = self.tree, self.words, self.names, self.open
        paths, parents, all_places, known = tree.paths, tree.parents, tree.places, self.paths
        blob, first, count = self.blob, self.start + 4, len(words)
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
                    start = first + at * 4
                    raw = blob[start : blob.find(b"\0", start, start + MAX_NAME + 1)]
                    if raw and opened and not raw.translate(None, NODE_BYTES):
                        parent = opened[-1]
                        path = f"{paths[parent] if parent else ''}/{raw.decode()}"
                    else:
                        path, parent = self._root(start), -1
                    if path in known or len(opened) == MAX_DEPTH or start + len(raw) >= self.end:
                        self._refuse_node(start, path)
                    known.add(path)
                    opened.append(len(paths))
                    paths.append(path)
                    parents.append(parent)
                    places = {}
                    all_places.append(places)
                    at += 2 + len(raw) // 4
                elif token == END_NODE and opened:
                    opened.pop()
                    places = None
                    at += 1
                elif token == NOP:
                    at += 1
                else:
                    self._end(at, token)
                    return tree
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
            self._fail(here, f"property {name} for the second time in {self.tree.paths[-1]}")
        return name, places

    def _refuse_node(self, start: int, path: str) -> NoReturn:
        """Say what is wrong with a node whose name starts there."""
        self._name("node name", start, self.end)
        if path in self.paths:
            self._fail(start - 4, f"node {path} for the second time")
        self._fail(start - 4, f"node more than {MAX_DEPTH} levels deep")

    def _root(self, start: int) -> str:
        """Check the name of a node that is the root, or that is not as it has to be."""
        name = self._name("node name", start, self.end)
        if "/" in name:
            self._fail(start, f"node name '{name}' has a slash")
        if self.open:
            self._fail(start, f"subnode of {self.tree.paths[self.open[-1]]} without a name")
        if self.tree.paths:
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
            self._fail(here, f"FDT_END inside node {self.tree.paths[self.open[-1]]}")
        if not self.tree.paths:
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
