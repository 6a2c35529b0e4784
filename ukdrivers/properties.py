"""Read the properties of a device tree that are numbers or phandles.

In:  the nodes of a tree (from :mod:`ukdrivers.fdt`).
Out: single cells, rows of numbers, nodes by phandle (to :mod:`ukdrivers.resources`,
     :mod:`ukdrivers.interrupts` and :mod:`ukdrivers.board`).
"""

from __future__ import annotations

import struct

from ukdrivers.errors import BoardError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ukdrivers.fdt import Tree

__all__ = ["Properties"]


class Properties:
    """The properties of one tree's nodes, each node by its index.

    :param tree: its nodes
    :param source: where the tree came from, for messages
    :raises BoardError: a phandle is malformed, or two nodes have the same
    """

    def __init__(self, tree: Tree, source: str) -> None:
        self.tree = tree
        self._source = source
        self._reg_cells: dict[int, tuple[int, int]] = {}
        self.phandles: dict[int, int] = {}  #: of the nodes that have one, by index
        self._by_phandle: dict[int, int] = {}
        for index in tree.having("phandle"):
            self._add_phandle(index, "phandle")
        for index in tree.having("linux,phandle"):
            if not tree.has(index, "phandle"):
                self._add_phandle(index, "linux,phandle")

    def named(self, index: int, name: str) -> int | None:
        """Find the node that a property of one phandle names.

        :returns: the node's index; none: the property is absent
        :raises BoardError: the property is no phandle, or no node has it
        """
        value = self.cell(index, name)
        return None if value is None else self.target(index, name, value)

    def target(self, index: int, name: str, phandle: int) -> int:
        """Find the node that has a phandle.

        :param index: of the node whose property *name* holds it, for the message
        :raises BoardError: no node has it
        """
        target = self._by_phandle.get(phandle)
        if target is None:
            self.fail(index, f"{name} names phandle {phandle:#x}, which no node has")
        return target

    def reg_cells(self, index: int) -> tuple[int, int]:
        """Tell how many address and size cells the children of a node use.

        Source: Devicetree Specification v0.4, 2.3.5.
        """
        cells = self._reg_cells.get(index)
        if cells is None:
            address, size = self.cell(index, "#address-cells"), self.cell(index, "#size-cells")
            cells = (2 if address is None else address, 1 if size is None else size)
            self._reg_cells[index] = cells
        return cells

    def rows(self, index: int, name: str, widths: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Read a property as a table of numbers of so many cells each."""
        value = self.tree.value(index, name) or b""
        stride = sum(widths) * 4
        if stride == 0 or len(value) % stride:
            cells = " + ".join(str(width) for width in widths)
            self.fail(
                index,
                f"{name} of {len(value)} bytes, entries of {stride} were wanted ({cells} cells)",
            )
        rows = []
        for at in range(0, len(value), stride):
            row, start = [], at
            for width in widths:
                end = start + width * 4
                row.append(int.from_bytes(value[start:end], "big"))
                start = end
            rows.append(tuple(row))
        return rows

    def cells(self, index: int, name: str) -> tuple[int, ...]:
        """Read a property of any number of cells."""
        value = self.tree.value(index, name) or b""
        if len(value) % 4:
            self.fail(index, f"{name} of {len(value)} bytes, a multiple of 4 was wanted")
        return struct.unpack(f">{len(value) // 4}I", value)

    def cell(self, index: int, name: str) -> int | None:
        """Read a property of one cell; none: the node has no such property."""
        value = self.tree.value(index, name)
        if value is None:
            return None
        if len(value) != 4:  # noqa: PLR2004 - a cell has four bytes
            self.fail(index, f"{name} of {len(value)} bytes, one cell of 4 was wanted")
        return int.from_bytes(value, "big")

    def fail(self, index: int, text: str) -> NoReturn:
        """Refuse the tree for what is wrong with a node."""
        raise BoardError(f"{self._source}: {self.tree.paths[index]}: {text}")

    def _add_phandle(self, index: int, name: str) -> None:
        """Note a node's phandle (2.3.3), or its older spelling when it has only that."""
        value = self.cell(index, name)
        if value is None:
            return
        other = self._by_phandle.setdefault(value, index)
        if other != index:
            first, second = sorted((index, other))
            self.fail(second, f"phandle {value:#x} is that of {self.tree.paths[first]} too")
        self.phandles[index] = value
