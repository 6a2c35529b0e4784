"""Work out where the registers of a device tree's nodes are.

In:  properties of the tree's nodes (from :mod:`ukdrivers.properties`).
Out: regions of one node at a time (to :mod:`ukdrivers.board`).
"""

from __future__ import annotations

from ukdrivers.model import Region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ukdrivers.properties import Properties

__all__ = ["Resources"]

#: Rows of a ``ranges`` property: child address, parent address, length, all in bytes.
Ranges = tuple[tuple[int, int, int], ...]

ADDRESS_SPACE = 1 << 64


class Resources:
    """Registers of one tree's nodes, found by index.

    :param properties: of all nodes
    """

    def __init__(self, properties: Properties) -> None:
        self._properties = properties
        self._tree = properties.tree
        self._ranges: dict[int, Ranges | None] = {}

    def regions(self, index: int) -> tuple[Region, ...]:
        """List the CPU address ranges that a node's ``reg`` stands for.

        Where a bus on the way to the root maps nothing for an address, the CPU cannot reach it:
        the list stops there, so that what is in it keeps its position in ``reg``.

        :returns: in the order of ``reg``; empty: no ``reg``, or none that the CPU can reach
        :raises BoardError: ``reg`` or a ``ranges`` on the way is no whole number of entries, or
            leads out of the 64-bit address space

        Source: Devicetree Specification v0.4, 2.3.5, 2.3.6 (``reg``), 2.3.8 (``ranges``).
        """
        parent = self._tree.parents[index]
        if parent < 0 or not self._tree.value(index, "reg"):
            return ()
        address_cells, size_cells = self._properties.reg_cells(parent)
        rows = self._properties.rows(index, "reg", (address_cells, size_cells))
        found: list[Region] = []
        for address, size in rows if size_cells else ():
            base = self.translate(parent, address)
            if base is None:
                break
            if base + size > ADDRESS_SPACE:
                reach = f"reg reaches {base + size:#x}, beyond 64 bits of address"
                self._properties.fail(index, reach)
            found.append(Region(base=base, size=size))
        return tuple(found)

    def check_dma(self, index: int) -> None:
        """Make sure that a node's ``dma-ranges`` can be read; nothing else is made of it here.

        :raises BoardError: it is no whole number of entries, or leads out of the 64-bit space

        Source: Devicetree Specification v0.4, 2.3.9.
        """
        if self._tree.parents[index] >= 0:
            self._read_ranges(index, "dma-ranges")

    def translate(self, bus: int, address: int) -> int | None:
        """Take an address on a bus to the root; none: there is no way.

        :raises BoardError: as :meth:`regions`
        """
        while bus:
            if bus not in self._ranges:
                self._ranges[bus] = self._read_ranges(bus, "ranges")
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
            bus = self._tree.parents[bus]
        return address

    def _read_ranges(self, bus: int, name: str) -> Ranges | None:
        """Read what a bus maps; none: nothing; without a row: everything, as it is."""
        value = self._tree.value(bus, name)
        if value is None:
            return None
        if not value:
            return ()
        address_cells, size_cells = self._properties.reg_cells(bus)
        parent_cells, _ = self._properties.reg_cells(self._tree.parents[bus])
        rows = self._properties.rows(bus, name, (address_cells, parent_cells, size_cells))
        for child, parent, length in rows:
            # the child side of PCI has a cell of flags above the 64 bits of address
            end = max(child % ADDRESS_SPACE, parent % ADDRESS_SPACE) + length
            if end > ADDRESS_SPACE:
                self._properties.fail(bus, f"{name} reaches {end:#x}, beyond 64 bits of address")
        return tuple((child, parent, length) for child, parent, length in rows)
