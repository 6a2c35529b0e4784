"""Change a board's device tree as a board's maker might: buses around nodes, nodes off, twins.

A tree is read into :class:`Branch` values, changed in place, and compiled again by ``dtc``, so that
what comes out has never been written by the code under test.
"""

from __future__ import annotations

import dataclasses
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence

from ukdrivers import fdt

__all__ = ["Branch", "Window", "add_bus", "add_twin", "disable", "edited", "find", "read", "write"]

Edit = Callable[["Branch"], None]


@dataclasses.dataclass(kw_only=True)
class Branch:
    """A node with all that is below it."""

    name: str
    properties: dict[str, bytes]
    children: list[Branch]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Window:
    """An entry of ``ranges``, in bytes."""

    child: int
    parent: int
    size: int


def edited(blob: bytes, *edits: Edit) -> bytes:
    """Return a tree with changes made to it, one after the other."""
    root = read(blob)
    for edit in edits:
        edit(root)
    return write(root)


def read(blob: bytes) -> Branch:
    """Read a flattened tree."""
    tree = fdt.parse(blob, source="tree to change")
    branches = [
        Branch(name=path.rpartition("/")[2], properties=tree.properties(index), children=[])
        for index, path in enumerate(tree.paths)
    ]
    for branch, parent in zip(branches, tree.parents, strict=True):
        if parent >= 0:
            branches[parent].children.append(branch)
    return branches[0]


def write(root: Branch) -> bytes:
    """Flatten a tree; what dtc's checks say against it does not count."""
    text = "/dts-v1/;\n" + "".join(_lines(root, name="/"))
    return subprocess.run(
        ["dtc", "-q", "-f", "-I", "dts", "-O", "dtb"],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout


def find(root: Branch, path: str) -> Branch:
    """Return the node at a full path."""
    at = root
    for name in path.strip("/").split("/") if path != "/" else ():
        at = next(one for one in at.children if one.name == name)
    return at


def disable(path: str, status: str = "disabled") -> Edit:
    """Return the edit that takes a node out of use."""

    def edit(root: Branch) -> None:
        find(root, path).properties["status"] = status.encode() + b"\0"

    return edit


def add_twin(path: str, name: str, **changes: bytes) -> Edit:
    """Return the edit that puts a disabled copy of a node in front of it.

    :param name: of the copy, which has no phandle
    :param changes: properties that the copy has otherwise
    """

    def edit(root: Branch) -> None:
        above, own = path.rpartition("/")[0] or "/", path.rpartition("/")[2]
        siblings = find(root, above).children
        at = next(index for index, one in enumerate(siblings) if one.name == own)
        twin = _copy(siblings[at])
        twin.name = name
        twin.properties |= {"status": b"disabled\0", **changes}
        siblings.insert(at, twin)

    return edit


def add_bus(
    paths: Sequence[str],
    name: str,
    *,
    windows: Sequence[Window] = (),
    cells: tuple[int, int] = (2, 2),
    compatible: str = "simple-bus",
    **properties: bytes,
) -> Edit:
    """Return the edit that puts a bus around nodes; each keeps the address the CPU sees.

    :param paths: of nodes with one parent; they go below the bus in this order
    :param windows: what ``ranges`` of the bus maps; none: it is empty, and maps all as it is
    :param cells: the bus's ``#address-cells`` and ``#size-cells``
    :param properties: more that the bus has, with ``_`` for ``-``
    """

    def edit(root: Branch) -> None:
        above = find(root, paths[0].rpartition("/")[0] or "/")
        moved = [find(root, path) for path in paths]
        before = _cells_of(above)
        place = min(index for index, one in enumerate(above.children) if one in moved)
        rows = [(one.child, one.parent, one.size) for one in windows]
        bus = Branch(
            name=name,
            properties={
                "compatible": compatible.encode() + b"\0",
                "#address-cells": struct.pack(">I", cells[0]),
                "#size-cells": struct.pack(">I", cells[1]),
                "ranges": _packed(rows, (cells[0], before[0], cells[1])),
                **{key.replace("_", "-"): value for key, value in properties.items()},
            },
            children=moved,
        )
        above.children = [one for one in above.children if one not in moved]
        above.children.insert(place, bus)
        for one in moved:
            _move(one, before, cells, windows)

    return edit


def _copy(branch: Branch) -> Branch:
    properties = {key: value for key, value in branch.properties.items() if key != "phandle"}
    return Branch(
        name=branch.name, properties=properties, children=[_copy(one) for one in branch.children]
    )


def _cells_of(branch: Branch) -> tuple[int, int]:
    address = branch.properties.get("#address-cells", b"\0\0\0\2")
    size = branch.properties.get("#size-cells", b"\0\0\0\1")
    return int.from_bytes(address, "big"), int.from_bytes(size, "big")


def _move(
    branch: Branch, before: tuple[int, int], after: tuple[int, int], windows: Sequence[Window]
) -> None:
    """Rewrite a node's addresses for the bus it is now on."""
    reg = branch.properties.get("reg")
    if reg:
        rows = [(_inside(address, windows), size) for address, size in _rows(reg, before)]
        branch.properties["reg"] = _packed(rows, after)
    ranges = branch.properties.get("ranges")
    own = _cells_of(branch)
    if ranges:
        wide = _rows(ranges, (own[0], before[0], own[1]))
        mapped = [(child, _inside(parent, windows), size) for child, parent, size in wide]
        branch.properties["ranges"] = _packed(mapped, (own[0], after[0], own[1]))
    elif ranges is not None:
        # what maps everything as it is has to go on doing so, in the cells it is written in
        for child in branch.children:
            _move(child, own, own, windows)


def _inside(address: int, windows: Sequence[Window]) -> int:
    """Return the address on the bus of one above it."""
    if not windows:
        return address
    window = next(one for one in windows if 0 <= address - one.parent < one.size)
    return address - window.parent + window.child


def _rows(value: bytes, widths: Sequence[int]) -> Iterator[list[int]]:
    at = 0
    while at < len(value):
        row = []
        for width in widths:
            row.append(int.from_bytes(value[at : at + 4 * width], "big"))
            at += 4 * width
        yield row


def _packed(rows: Sequence[Sequence[int]], widths: Sequence[int]) -> bytes:
    return b"".join(
        value.to_bytes(4 * width, "big")
        for row in rows
        for value, width in zip(row, widths, strict=True)
    )


def _lines(branch: Branch, name: str) -> Iterator[str]:
    yield f"{name} {{\n"
    for key, value in branch.properties.items():
        yield f"{key} = [{value.hex()}];\n" if value else f"{key};\n"
    for child in branch.children:
        yield from _lines(child, child.name)
    yield "};\n"
