"""Work out which interrupts the nodes of a device tree raise, and who takes them in the end.

In:  properties of the tree's nodes (from :mod:`ukdrivers.properties`).
Out: interrupts of one node at a time (to :mod:`ukdrivers.board`).

A nexus is a node with ``interrupt-map``: it takes interrupts only to pass them on, under another
number, so it is followed until a controller is reached.
"""

from __future__ import annotations

from ukdrivers.model import Interrupt
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ukdrivers.properties import Properties

__all__ = ["Interrupts", "Routes"]

MAP = "interrupt-map"
MASK = "interrupt-map-mask"

#: cells of a number in an entry of a map; no binding comes near it
MAX_WIDTH = 64

#: maps that one interrupt passes; boards have two or three
MAX_PASSED = 16

Cells = tuple[int, ...]


class _Nexus(Value):
    """One node's ``interrupt-map``."""

    unit_width: int  #: cells of a unit address in front of the interrupt's own
    mask: Cells
    entries: Mapping[Cells, tuple[int, Cells, Cells]]  #: next node, unit address, interrupt


class Routes(Value):
    """Where a nexus sends the interrupts below it."""

    unit_width: int  #: cells of a unit address in front of the interrupt's own
    mask: Cells  #: what of both counts
    ends: tuple[tuple[Cells, Interrupt], ...]  #: unit address and interrupt, masked; where it ends


class Interrupts:
    """Interrupts of one tree's nodes, found by index.

    :param properties: of all nodes
    """

    def __init__(self, properties: Properties) -> None:
        self._properties = properties
        self._tree = properties.tree
        self._nexuses: dict[int, _Nexus] = {}

    def of(self, index: int) -> tuple[Interrupt, ...]:
        """List the interrupts a node raises, each with the controller that takes it.

        :returns: in the order of the property; empty: the node raises none
        :raises BoardError: an interrupt parent is missing or says nothing of its cells, the
            property is no whole number of interrupts, or a nexus on the way has no entry for one,
            is malformed, or leads back to where it was

        Source: Devicetree Specification v0.4, 2.4.1, 2.4.3.
        """
        if self._tree.has(index, "interrupts-extended"):
            return self._extended(index)
        if not self._tree.value(index, "interrupts"):
            return ()
        parent = self._parent(index)
        width = self._width(parent)
        cells = self._properties.cells(index, "interrupts")
        if width == 0 or len(cells) % width:
            wanted = f"each to {self._tree.paths[parent]} has {width}"
            self._properties.fail(index, f"interrupts of {len(cells)} cells, but {wanted}")
        return tuple(
            self._followed(index, parent, cells[at : at + width])
            for at in range(0, len(cells), width)
        )

    def routes(self, index: int) -> Routes:
        """List what a nexus's ``interrupt-map`` makes of the interrupts below it.

        :param index: of a node with that property
        :raises BoardError: as :meth:`of`
        """
        nexus = self._read_nexus(index)
        ends = [(key, self._ended(index, *entry)) for key, entry in nexus.entries.items()]
        return Routes(unit_width=nexus.unit_width, mask=nexus.mask, ends=tuple(ends))

    def _parent(self, index: int) -> int:
        """Find the node that a node's ``interrupts`` go to (2.4, 2.4.1.2).

        The property counts for everything below it, up to the next root of an interrupt domain.
        """
        at = index
        while True:
            target = self._properties.named(at, "interrupt-parent")
            if target is not None:
                return target
            at = self._tree.parents[at]
            if at < 0:
                self._properties.fail(
                    index, "interrupts, but neither it nor any parent has interrupt-parent"
                )
            if self._tree.has(at, "#interrupt-cells"):
                return at

    def _width(self, parent: int) -> int:
        cells = self._properties.cell(parent, "#interrupt-cells")
        if cells is None:
            self._properties.fail(parent, "is an interrupt parent, but has no #interrupt-cells")
        return cells

    def _extended(self, index: int) -> tuple[Interrupt, ...]:
        """Read ``interrupts-extended``: a phandle, then as many cells as that node wants."""
        name = "interrupts-extended"
        cells = self._properties.cells(index, name)
        found = []
        at = 0
        while at < len(cells):
            parent = self._properties.target(index, name, cells[at])
            end = at + 1 + self._width(parent)
            if end > len(cells):
                self._properties.fail(index, f"{name} ends {end - len(cells)} cells short")
            found.append(self._followed(index, parent, cells[at + 1 : end]))
            at = end
        return tuple(found)

    def _followed(self, index: int, parent: int, cells: Cells) -> Interrupt:
        """Pass an interrupt of a node through every nexus to the controller."""
        unit = self._unit(index) if self._is_nexus(parent) else ()
        return self._ended(index, parent, unit, cells)

    def _ended(self, index: int, parent: int, unit: Cells, cells: Cells) -> Interrupt:
        seen: list[int] = []
        while self._is_nexus(parent):
            if parent in seen:
                paths = " -> ".join(self._tree.paths[one] for one in (*seen, parent))
                self._properties.fail(index, f"interrupts go in a circle, {paths}")
            if len(seen) == MAX_PASSED:
                self._properties.fail(index, f"interrupts pass more than {MAX_PASSED} maps")
            seen.append(parent)
            parent, unit, cells = self._passed(index, parent, unit, cells)
        return Interrupt(parent=self._tree.paths[parent], cells=cells)

    def _is_nexus(self, index: int) -> bool:
        return self._tree.has(index, MAP)

    def _unit(self, index: int) -> Cells:
        """Return what a nexus may ask of a node: the start of its ``reg``."""
        return self._properties.cells(index, "reg") if self._tree.has(index, "reg") else ()

    def _passed(self, index: int, at: int, unit: Cells, cells: Cells) -> tuple[int, Cells, Cells]:
        """Look an interrupt up in one nexus; a missing part of the unit address counts as 0."""
        if at not in self._nexuses:
            self._nexuses[at] = self._read_nexus(at)
        nexus = self._nexuses[at]
        padding = (0,) * (nexus.unit_width - len(unit))
        key = (*unit[: nexus.unit_width], *padding, *cells)
        entry = nexus.entries.get(_masked(key, nexus.mask))
        if entry is None:
            shown = " ".join(f"{one:#x}" for one in key)
            self._properties.fail(
                at, f"{MAP} has no entry for {shown} of {self._tree.paths[index]}"
            )
        return entry

    def _read_nexus(self, at: int) -> _Nexus:
        """Read a map: unit address and interrupt, phandle, unit address and interrupt there."""
        unit_width = self._unit_width(at)
        width = unit_width + self._width(at)
        if width > MAX_WIDTH:
            self._properties.fail(at, f"{MAP} by {width} cells, wanted at most {MAX_WIDTH}")
        mask = self._mask(at, width)
        cells = self._properties.cells(at, MAP)
        entries: dict[Cells, tuple[int, Cells, Cells]] = {}
        start = 0
        while start < len(cells):
            after = start + width + 1
            if after > len(cells):
                self._properties.fail(at, f"{MAP} ends {after - len(cells)} cells short")
            parent = self._properties.target(at, MAP, cells[after - 1])
            middle = after + self._unit_width(parent)
            end = middle + self._width(parent)
            if end > len(cells):
                self._properties.fail(at, f"{MAP} ends {end - len(cells)} cells short")
            entry = (parent, cells[after:middle], cells[middle:end])
            entries.setdefault(_masked(cells[start : start + width], mask), entry)
            start = end
        return _Nexus(unit_width=unit_width, mask=mask, entries=entries)

    def _unit_width(self, index: int) -> int:
        """Tell how many cells of unit address a map has for a node; absent counts as none."""
        return self._properties.cell(index, "#address-cells") or 0

    def _mask(self, at: int, width: int) -> Cells:
        if not self._tree.has(at, MASK):
            return (0xFFFF_FFFF,) * width
        mask = self._properties.cells(at, MASK)
        if len(mask) != width:
            self._properties.fail(at, f"{MASK} of {len(mask)} cells, wanted {width}")
        return mask


def _masked(cells: Cells, mask: Cells) -> Cells:
    return tuple(cell & bits for cell, bits in zip(cells, mask, strict=True))
