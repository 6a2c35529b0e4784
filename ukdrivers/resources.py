"""Work out which registers and interrupts the nodes of a device tree have.

In:  nodes as they stand in the tree (from :mod:`ukdrivers.fdt`).
Out: regions and interrupts of one node at a time (to :mod:`ukdrivers.board`).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ukdrivers.errors import BoardError
from ukdrivers.model import Interrupt, Region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from ukdrivers.fdt import RawNode

__all__ = ["Resources"]

#: Rows of a ``ranges`` property: child address, parent address, length, all in bytes.
Ranges = tuple[tuple[int, int, int], ...]

ADDRESS_SPACE = 1 << 64


class Resources:
    """Registers and interrupts of one tree's nodes, found by index.

    :param nodes: all nodes, in tree order
    :param source: where the tree came from, for messages
    :raises BoardError: a phandle is malformed, or two nodes have the same
    """

    def __init__(self, nodes: Sequence[RawNode], source: str) -> None:
        self._nodes = nodes
        self._source = source
        self._ranges: dict[int, Ranges | None] = {}
        self._reg_cells: dict[int, tuple[int, int]] = {}
        self.phandles: dict[int, int] = {}  #: of the nodes that have one, by index
        self._by_phandle: dict[int, int] = {}
        for index in range(len(nodes)):
            self._add_phandle(index)

    def regions(self, index: int) -> tuple[Region, ...]:
        """List the CPU address ranges that a node's ``reg`` stands for.

        Where a bus on the way to the root maps nothing for an address, the CPU cannot reach it:
        the list stops there, so that what is in it keeps its position in ``reg``.

        :returns: in the order of ``reg``; empty: no ``reg``, or none that the CPU can reach
        :raises BoardError: ``reg`` or a ``ranges`` on the way is no whole number of entries, or
            leads out of the 64-bit address space

        Source: Devicetree Specification v0.4, 2.3.5, 2.3.6 (``reg``), 2.3.8 (``ranges``).
        """
        node = self._nodes[index]
        reg = node.properties.get("reg")
        if not reg or node.parent < 0:
            return ()
        address_cells, size_cells = self._cells_of_reg(node.parent)
        rows = self._rows(index, "reg", (address_cells, size_cells))
        found: list[Region] = []
        for address, size in rows if size_cells else ():
            base = self._translate(node.parent, address)
            if base is None:
                break
            if base + size > ADDRESS_SPACE:
                self._fail(index, f"reg reaches {base + size:#x}, beyond 64 bits of address")
            found.append(Region(base=base, size=size))
        return tuple(found)

    def interrupts(self, index: int) -> tuple[Interrupt, ...]:
        """List the interrupts a node raises, each with the node that takes it.

        :returns: in the order of the property; empty: the node raises none
        :raises BoardError: an interrupt parent is missing or says nothing of its cells, or the
            property is no whole number of interrupts

        Source: Devicetree Specification v0.4, 2.4.1.
        """
        properties = self._nodes[index].properties
        if "interrupts-extended" in properties:
            return self._extended(index)
        if not properties.get("interrupts"):
            return ()
        parent = self._interrupt_parent(index)
        path, width = self._nodes[parent].path, self._interrupt_cells(parent)
        cells = self._cells(index, "interrupts")
        if width == 0 or len(cells) % width:
            self._fail(index, f"interrupts of {len(cells)} cells, but each to {path} has {width}")
        return tuple(
            Interrupt(parent=path, cells=cells[at : at + width])
            for at in range(0, len(cells), width)
        )

    def named(self, index: int, name: str) -> int | None:
        """Find the node that a property of one phandle names.

        :returns: the node's index; none: the property is absent
        :raises BoardError: the property is no phandle, or no node has it
        """
        value = self._cell(index, name)
        return None if value is None else self._target(index, name, value)

    def _add_phandle(self, index: int) -> None:
        """Note a node's phandle (2.3.3), or its older spelling when it has only that."""
        properties = self._nodes[index].properties
        name = "phandle" if "phandle" in properties else "linux,phandle"
        value = self._cell(index, name)
        if value is None:
            return
        other = self._by_phandle.setdefault(value, index)
        if other != index:
            self._fail(index, f"phandle {value:#x} is that of {self._nodes[other].path} too")
        self.phandles[index] = value

    def _target(self, index: int, name: str, phandle: int) -> int:
        target = self._by_phandle.get(phandle)
        if target is None:
            self._fail(index, f"{name} names phandle {phandle:#x}, which no node has")
        return target

    def _cells_of_reg(self, index: int) -> tuple[int, int]:
        """Tell how many address and size cells the children of a node use (2.3.5)."""
        cells = self._reg_cells.get(index)
        if cells is None:
            address, size = self._cell(index, "#address-cells"), self._cell(index, "#size-cells")
            cells = (2 if address is None else address, 1 if size is None else size)
            self._reg_cells[index] = cells
        return cells

    def _translate(self, bus: int, address: int) -> int | None:
        """Take an address on a bus to the root; none: there is no way."""
        while bus:
            if bus not in self._ranges:
                self._ranges[bus] = self._read_ranges(bus)
            ranges = self._ranges[bus]
            if ranges is None:
                return None
            for child, parent, length in ranges:
                if child <= address < child + length:
                    address += parent - child
                    break
            else:
                if ranges:
                    return None
            bus = self._nodes[bus].parent
        return address

    def _read_ranges(self, bus: int) -> Ranges | None:
        """Read what a bus maps; none: nothing; without a row: everything, as it is."""
        node = self._nodes[bus]
        value = node.properties.get("ranges")
        if value is None:
            return None
        if not value:
            return ()
        address_cells, size_cells = self._cells_of_reg(bus)
        parent_cells, _ = self._cells_of_reg(node.parent)
        rows = self._rows(bus, "ranges", (address_cells, parent_cells, size_cells))
        return tuple((child, parent, length) for child, parent, length in rows)

    def _rows(self, index: int, name: str, widths: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Read a property as a table of numbers of so many cells each."""
        value = self._nodes[index].properties[name]
        stride = sum(widths) * 4
        if stride == 0 or len(value) % stride:
            cells = " + ".join(str(width) for width in widths)
            self._fail(
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

    def _interrupt_parent(self, index: int) -> int:
        """Find the node that a node's ``interrupts`` go to (2.4, 2.4.1.2).

        The property counts for everything below it, up to the next root of an interrupt domain.
        """
        at = index
        while True:
            target = self.named(at, "interrupt-parent")
            if target is not None:
                return target
            at = self._nodes[at].parent
            if at < 0:
                self._fail(index, "interrupts, but neither it nor any parent has interrupt-parent")
            if "#interrupt-cells" in self._nodes[at].properties:
                return at

    def _interrupt_cells(self, parent: int) -> int:
        cells = self._cell(parent, "#interrupt-cells")
        if cells is None:
            self._fail(parent, "is an interrupt parent, but has no #interrupt-cells")
        return cells

    def _extended(self, index: int) -> tuple[Interrupt, ...]:
        """Read ``interrupts-extended``: a phandle, then as many cells as that node wants."""
        name = "interrupts-extended"
        cells = self._cells(index, name)
        found = []
        at = 0
        while at < len(cells):
            parent = self._target(index, name, cells[at])
            end = at + 1 + self._interrupt_cells(parent)
            if end > len(cells):
                self._fail(index, f"{name} ends {end - len(cells)} cells short")
            found.append(Interrupt(parent=self._nodes[parent].path, cells=cells[at + 1 : end]))
            at = end
        return tuple(found)

    def _cells(self, index: int, name: str) -> tuple[int, ...]:
        value = self._nodes[index].properties[name]
        if len(value) % 4:
            self._fail(index, f"{name} of {len(value)} bytes, a multiple of 4 was wanted")
        return struct.unpack(f">{len(value) // 4}I", value)

    def _cell(self, index: int, name: str) -> int | None:
        """Read a property of one cell; none: the node has no such property."""
        value = self._nodes[index].properties.get(name)
        if value is None:
            return None
        if len(value) != 4:  # noqa: PLR2004 - a cell has four bytes
            self._fail(index, f"{name} of {len(value)} bytes, one cell of 4 was wanted")
        return int.from_bytes(value, "big")

    def _fail(self, index: int, text: str) -> NoReturn:
        raise BoardError(f"{self._source}: {self._nodes[index].path}: {text}")
