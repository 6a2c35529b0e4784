"""Fixed: the C source of the devices that aren't scanned, as ``<ukd/fixed.h>`` describes it.

In:  the board, its matches, and the evaluated configuration (from :mod:`ukdrivers.wire`).
Out: C text.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers import address
from ukdrivers.errors import BoardError, WireError
from ukdrivers.links import Links
from ukdrivers.literals import Pool, Rows, cells, designated, quoted
from ukdrivers.tree_fields import tree_fields
from ukdrivers.tree_hash import tree_hash
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.interrupts import Routes
    from ukdrivers.links import Range
    from ukdrivers.model import Board, Config, Driver, Match, Matches, Node

__all__ = ["Fixed", "fixed"]

#: what the core is asked for instead: it has it translated
TRANSLATED = {
    *("reg", "ranges", "dma-ranges", "phandle", "linux,phandle"),
    *("interrupts", "interrupts-extended", "interrupt-map"),
}

HEAD = """\
/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Written by ukdrivers; changes are lost.
 *
 * The devices whose addresses are built in or given by hand, and the board.
 */
#include <ukd/fixed.h>
"""


class Fixed(Value):
    """What isn't scanned."""

    text: str  #: C, the same for the same input
    devices: int


def fixed(board: Board, matches: Matches, config: Config, drivers: Sequence[Driver]) -> Fixed:
    """Write the devices whose drivers don't scan.

    :param drivers: of the image, on or off
    :raises WireError: a node can't be built in, or what was typed can't be a device's
    """
    by_name = {one.name: one for one in drivers if config.is_on(one.symbol)}
    return _Writer(board, config, by_name).fixed(matches.found)


class _Writer:
    """One file in the making; tables that are equal are written once."""

    def __init__(self, board: Board, config: Config, drivers: Mapping[str, Driver]) -> None:
        self._board = board
        self._config = config
        self._drivers = drivers
        self._links = Links(board)
        self._pool = Pool()
        self._paths: list[str] = []
        self._properties, self._regions, self._cells, self._irqs = (Rows() for _ in range(4))
        self._gates: dict[str, int] = {}

    def fixed(self, matches: Iterable[Match]) -> Fixed:
        modes = {name: address.mode(self._config, one) for name, one in self._drivers.items()}
        devices: list[str] = []
        for one in matches:
            rivals = [rival.driver for rival in one.rivals if rival.driver.name in modes]
            if not rivals or modes[rivals[0].name] != address.BUILT_IN:
                continue
            try:
                devices.append(self._device(one.node))
            except BoardError as error:
                raise _refused(one.node, str(error)) from error
            if rivals[0].class_ == "bus":
                self._gates[one.node.path] = len(devices)
        for name, driver in self._drivers.items():
            if modes[name] == address.BY_HAND:
                devices.append(self._typed(driver))
        names = [
            quoted(name)
            for name, mode in modes.items()
            if mode in {address.BUILT_IN, address.BY_HAND}
        ]
        return Fixed(text=self._file(devices, names), devices=len(devices))

    def _file(self, devices: Sequence[str], drivers: Sequence[str]) -> str:
        lists = (
            ("path", "paths", "char", ["\n\t".join(quoted(one) for one in self._paths)]),
            ("property", "properties", "struct ukd_fixed_property", self._properties.rows),
            ("region", "regions", "struct ukd_region", self._regions.rows),
            ("cell", "cells", "uint32_t", self._cells.rows),
            ("irq", "irqs", "struct ukd_irq", self._irqs.rows),
        )
        fields = [
            *_listed("device", devices),
            *_listed("driver", drivers),
            *(f"{field} = {name}" for field, name, _, rows in lists if rows),
            *self._of_check(),
            *tree_fields(self._board),
        ]
        lines = [
            HEAD,
            *self._pool.lines(),
            *(_array(f"const {type_} {name}", rows) for _, name, type_, rows in lists),
            _array("const struct ukd_fixed devices", devices),
            _array("const char *const drivers", drivers),
            "\nconst struct ukd_board ukd_board = {\n",
            *(f"\t.{one},\n" for one in fields),
            "};\n",
        ]
        return "".join(lines)

    # What isn't a device

    def _of_check(self) -> list[str]:
        source = os.path.basename(self._board.source)
        name = f"name = {quoted(f'{self._board.model} ({source})')}"
        if not self._config.is_on(address.CHECK):
            return [name]
        value = tree_hash(self._board.blob)
        return [name, "check = ukd_check_tree", f"hash = UINT64_C({value:#018x})"]

    # Devices

    def _device(self, node: Node) -> str:
        if node.fault:
            raise _refused(node, node.fault)
        kept = [one for one in node.interrupts if one.parent == self._board.interrupt_parent]
        if kept != list(node.interrupts[: len(kept)]):
            kept = []
        specifier = tuple(cell for one in kept for cell in one.cells)
        width = len(kept[0].cells) if kept else 0
        rows = self._rows_of(node)
        fields: dict[str, str | int] = {
            "property": self._properties.place(rows),
            "property_count": len(rows),
            "interrupt": self._cells.place(cells(specifier)),
            "irq_count": len(kept),
            "cells": width,
            "links": self._links_of(node),
            "gate": self._gate(node),
        }
        regions = [(one.base, one.size) for one in node.regions]
        return self._entry(node.path, node.compatible, regions, fields)

    def _typed(self, driver: Driver) -> str:
        typed = address.by_hand(self._config, driver)
        trigger = "UKD_IRQ_EDGE" if typed.is_edge else "UKD_IRQ_LEVEL"
        irqs = [] if typed.irq < 0 else [f"{{ {typed.irq}, {trigger} }}"]
        path = f"/{driver.name}@{typed.base:x}"
        fields = {"interrupt": self._irqs.place(irqs), "irq_count": len(irqs)}
        return self._entry(path, driver.compatible[:1], [(typed.base, typed.size)], fields)

    def _entry(
        self,
        path: str,
        compatible: Sequence[str],
        regions: Sequence[tuple[int, int]],
        fields: Mapping[str, str | int],
    ) -> str:
        strings = "".join(f"{one}\0" for one in compatible).encode("ascii")
        rows = [f"{{ {base:#x}, {size:#x} }}" for base, size in regions]
        own: dict[str, str | int] = {
            "compatible": self._pool.bytes(strings),
            "compatible_size": len(strings),
            "path": sum(len(one) for one in self._paths),
            "region": self._regions.place(rows),
            "region_count": len(rows),
        }
        self._paths.append(f"{path}\0")
        return f"{{ {designated({**own, **fields})} }}"

    def _gate(self, node: Node) -> int:
        """Find the nearest bus above a node that has a driver."""
        path = node.path
        while path:
            path = path.rpartition("/")[0]
            if path in self._gates:
                return self._gates[path]
        return 0

    def _rows_of(self, node: Node) -> list[str]:
        rows = []
        for name, value in node.properties.items():
            if name not in TRANSLATED:
                place = self._pool.bytes(value)
                rows.append(f"{{ {quoted(name)}, {place}, {len(value)} }}")
        return rows

    def _numbers(self, values: Sequence[int]) -> str:
        return self._pool.name("cells", "const uint32_t", cells(values))

    # Buses

    def _bus(self, node: Node, *, below: bool) -> str:
        windows = self._links.windows(node.path, below=below)
        if windows is None:
            return ""
        rows = [f"{{ {first:#x}, {bus:#x}, {size:#x} }}" for first, bus, size in windows]
        table = self._pool.name("windows", "const struct ukd_fixed_window", rows or ["{ 0 }"])
        row = f"{{ {table}, {len(rows)} }}"
        return "&" + self._pool.name("buses", "const struct ukd_bus", [row]) + "[0]"

    def _links_of(self, node: Node) -> str:
        fields: dict[str, str | int] = {
            "bus": self._bus(node, below=False),
            "below": self._bus(node, below=True),
            **_of_ranges(self._pool, self._links.ranges(node.path)),
            **self._of_routes(self._links.routes(node.path)),
        }
        if not any(fields.values()):
            return ""
        row = f"{{ {designated(fields)} }}"
        return "&" + self._pool.name("links", "const struct ukd_fixed_links", [row]) + "[0]"

    def _of_routes(self, routes: Routes | None) -> dict[str, str | int]:
        if routes is None:
            return {}
        own = [end for end in routes.ends if end[1].parent == self._board.interrupt_parent]
        rows = [f"{{ {self._numbers(key)}, {self._numbers(end.cells)} }}" for key, end in own]
        table = self._pool.name("routes", "const struct ukd_fixed_route", rows)
        return {
            "route": table,
            "route_count": len(rows),
            "mask": self._numbers(routes.mask),
            "unit_cells": routes.unit_width,
            "from_cells": len(routes.mask),
            "to_cells": len(own[0][1].cells) if own else 0,
        }


def _of_ranges(pool: Pool, ranges: Sequence[Range]) -> dict[str, str | int]:
    rows = [f"{{ {one.space:#x}, {one.child:#x}, {one.base:#x}, {one.size:#x} }}" for one in ranges]
    return {"range": pool.name("ranges", "const struct ukd_range", rows), "range_count": len(rows)}


def _listed(field: str, rows: Sequence[str]) -> list[str]:
    return [f"{field} = {field}s", f"{field}_count = {len(rows)}"] if rows else []


def _array(declaration: str, rows: Sequence[str]) -> str:
    body = "".join(f"\t{one},\n" for one in rows)
    return f"\nstatic {declaration}[] = {{\n{body}}};\n" if rows else ""


def _refused(node: Node, why: str) -> WireError:
    return WireError(
        f"{node.path}: can't be built in: {why}",
        hint="have its driver scan, or correct the device tree",
    )
