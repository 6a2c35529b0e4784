"""Links: what devices are to those below them, translated as far as it can be when an image is made.

In:  a board's tree (from :mod:`ukdrivers.board`).
Out: ``ranges``, ``dma-ranges`` and ``interrupt-map`` of one node at a time, down to the root of the
     tree and to the controller of the interrupts (to :mod:`ukdrivers.fixed`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers import fdt
from ukdrivers.interrupts import Interrupts
from ukdrivers.properties import Properties
from ukdrivers.resources import Resources
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.interrupts import Routes
    from ukdrivers.model import Board

__all__ = ["Links", "Range"]

SPACE_CELLS = 3  # of an address that has a cell of flags
BITS = (1 << 64) - 1

#: memory as the CPU has it, as devices have it, and its size
Windows = tuple[tuple[int, int, int], ...]


class Range(Value):
    """One entry of ``ranges``."""

    space: int  #: first cell of a child address of three, else 0
    child: int
    base: int  #: at the root
    size: int  #: 0: there is no way to the root


class Links:
    """Links of one board's nodes, each found by its path."""

    def __init__(self, board: Board) -> None:
        self._tree = fdt.parse(board.blob, source=board.source)
        self._properties = Properties(self._tree, board.source)
        self._resources = Resources(self._properties)
        self._interrupts = Interrupts(self._properties)
        self._index_by_path = {path: index for index, path in enumerate(self._tree.paths)}

    def ranges(self, path: str) -> tuple[Range, ...]:
        """List the entries of a node's ``ranges``.

        :raises BoardError: as :meth:`ukdrivers.resources.Resources.regions`

        Source: Devicetree Specification v0.4, 2.3.8.
        """
        index = self._index_by_path[path]
        above = self._tree.parents[index]
        if above < 0 or not self._tree.value(index, "ranges"):
            return ()
        found = []
        for child, parent, size in self._rows(index, "ranges"):
            base = self._resources.translate(above, parent)
            is_wide = self._properties.reg_cells(index)[0] == SPACE_CELLS
            found.append(
                Range(
                    space=child >> 64 if is_wide else 0,
                    child=child & BITS,
                    base=base or 0,
                    size=0 if base is None else size,
                )
            )
        return tuple(found)

    def routes(self, path: str) -> Routes | None:
        """Follow every entry of a node's ``interrupt-map``; none: it has no such property."""
        index = self._index_by_path[path]
        return self._interrupts.routes(index) if self._tree.has(index, "interrupt-map") else None

    def windows(self, path: str, *, below: bool) -> Windows | None:
        """Work out what memory a node's device reaches; none: all, under the same addresses.

        :param below: a device on the bus that the node is

        Source: Devicetree Specification v0.4, 2.3.9.
        """
        windows: Windows | None = None
        for bus in self._buses(self._index_by_path[path], below=below):
            if not self._tree.value(bus, "dma-ranges"):
                continue
            rows = [
                (child & BITS, parent, size)
                for child, parent, size in self._rows(bus, "dma-ranges")
            ]
            if windows is None:
                windows = tuple((parent, child, size) for child, parent, size in rows)
            else:
                windows = tuple(_overlaps(windows, rows))
        return windows

    def _buses(self, index: int, *, below: bool) -> list[int]:
        """Return the buses between the root, which is none of them, and a device."""
        at = index if below else self._tree.parents[index]
        chain = []
        while at > 0:
            chain.append(at)
            at = self._tree.parents[at]
        return chain[::-1]

    def _rows(self, index: int, name: str) -> list[tuple[int, ...]]:
        child, size = self._properties.reg_cells(index)
        parent, _ = self._properties.reg_cells(self._tree.parents[index])
        return self._properties.rows(index, name, (child, parent, size))


def _overlaps(windows: Windows, rows: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Put the windows of one bus behind those of the bus above it."""
    for address, bus, size in windows:
        for child, parent, length in rows:
            first, end = max(bus, parent), min(bus + size, parent + length)
            if first < end:
                yield address + first - bus, child + first - parent, end - first
