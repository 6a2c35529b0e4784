"""Demands: what a configuration has to keep besides the rules of Kconfig.

In:  a menu and the selection it was made of.
Out: which drivers have to be on (to :mod:`ukdrivers.explain`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.causes import Cause
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.model import Menu, Selection

__all__ = ["Demand", "demands_of"]


class Demand(Value):
    """One of several drivers has to be on, while another is."""

    symbols: tuple[str, ...]
    cause: Cause
    driver: str | None = None  #: symbol of the one that demands it; none: the platform


def demands_of(menu: Menu, selection: Selection, source: str) -> list[Demand]:
    """Return what a configuration has to keep besides the rules of Kconfig.

    :param source: the board, for messages
    """
    return [*_of_platform(menu, selection, source), *_of_drivers(menu)]


def _of_platform(menu: Menu, selection: Selection, source: str) -> Iterator[Demand]:
    name = selection.platform.name
    for slot in selection.platform.slots:
        bound = [
            one for one in selection.selected if slot.interface in one.driver.provides and one.nodes
        ]
        if bound and slot.interface not in menu.offers:
            path = bound[0].nodes[0].path
            symbols = tuple(one.driver.symbol for one in bound)
            cause = Cause(
                kind="device tree",
                text=f"{name} needs a {slot.purpose}, and the board's is {path}",
                place=f"{source}:{path}",
                formula=("or", *symbols),
            )
            yield Demand(symbols=symbols, cause=cause)


def _of_drivers(menu: Menu) -> Iterator[Demand]:
    providers: dict[str, list[str]] = {}
    for entry in menu.entries:
        for interface in entry.driver.provides:
            providers.setdefault(interface, []).append(entry.symbol)
    for entry in menu.entries:
        for interface in entry.driver.requires:
            if interface not in menu.offers:
                symbols = tuple(providers.get(interface, ()))
                cause = Cause(
                    kind="interface",
                    text=f"{entry.symbol} requires {interface}",
                    place=f"{entry.driver.root}/ukdriver.toml",
                    formula=("or", ("not", entry.symbol), *symbols),
                )
                yield Demand(symbols=symbols, cause=cause, driver=entry.symbol)
