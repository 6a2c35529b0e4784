"""Choice: which of the installed drivers go into an overlay, and which are on in it.

In:  a selection (from :mod:`ukdrivers.select`), the tree, and what the user set.
Out: the same selection, made to fit a tree that has drivers of its own.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ukdrivers.errors import ConfigError
from ukdrivers.model import Rejected, Selected
from ukdrivers.unikraft.replace import replaced_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ukdrivers.model import Driver, Selection
    from ukdrivers.unikraft.tree import Tree

__all__ = ["IN_TREE", "check_values", "choose"]

#: classes that no library can bring: the platform calls its own by name
IN_TREE = {
    "power": "the tree's platform switches off by itself, and asks no driver",
    "timer": "the tree's platform has the timer in itself, and asks no driver",
}

_PREFIX = "LIBUKDRIVER_"


def choose(
    selection: Selection, tree: Tree, *, values: Mapping[str, str], has_board: bool
) -> Selection:
    """Leave out what has no place in this overlay, and turn on what was asked for.

    A driver that is set to ``n`` is left out with all its traces, and the tree's own stays. So is
    one that would replace a driver of the tree although no node of the board asks for it. Without
    a board every driver is on.
    """
    reasons = {one.driver.name: one.reason for one in selection.rejected}
    on = {one.driver.name: one for one in selection.selected}
    kept = []
    for driver in selection.usable:
        value = values.get(driver.symbol)
        is_on = value == "y" or driver.name in on or not has_board
        reason = _reason(driver, tree, value, is_on=is_on)
        if reason is None:
            kept.append(driver)
            if is_on:
                why = "asked for by --set" if value == "y" else "no board was named"
                on.setdefault(driver.name, Selected(driver=driver, nodes=(), reason=why))
        else:
            reasons[driver.name] = reason
    kept = _provided(kept, reasons)
    everything = (*selection.usable, *(one.driver for one in selection.rejected))
    return dataclasses.replace(
        selection,
        usable=tuple(kept),
        selected=tuple(on[one.name] for one in kept if one.name in on),
        rejected=tuple(
            Rejected(driver=one, reason=reasons[one.name])
            for one in sorted(everything, key=lambda one: one.name)
            if one.name in reasons
        ),
    )


def _reason(driver: Driver, tree: Tree, value: str | None, *, is_on: bool) -> str | None:
    """Return why a driver is left out; None: it stays."""
    if driver.class_ in IN_TREE:
        return IN_TREE[driver.class_]
    if value == "n":
        return "set to n"
    if not is_on:
        folders = replaced_by(driver, tree)
        if folders:
            return f"no node of the board asks for it, and it replaces {' and '.join(folders)}"
    return None


def _provided(drivers: list[Driver], reasons: dict[str, str]) -> list[Driver]:
    """Leave out drivers that require what was left out; say why in *reasons*."""
    while True:
        provided = {interface for one in drivers for interface in one.provides}
        kept = [one for one in drivers if provided.issuperset(one.requires)]
        if len(kept) == len(drivers):
            return kept
        for one in drivers:
            if one not in kept:
                lack = next(interface for interface in one.requires if interface not in provided)
                reasons[one.name] = f"requires {lack}, which no driver here provides"
        drivers = kept


def check_values(values: Mapping[str, str], drivers: Iterable[Driver]) -> None:
    """Refuse a value for a driver that isn't installed.

    :raises ConfigError: the symbol is of no driver and of no driver's option
    """
    symbols = [one.symbol for one in drivers]
    for name, value in values.items():
        if not name.startswith(_PREFIX):
            continue
        if name in symbols:
            if value not in ("y", "n"):
                raise ConfigError(f'{name}: set to "{value}", wanted y or n')
        elif not any(name.startswith(f"{symbol}_") for symbol in symbols):
            import difflib

            near = difflib.get_close_matches(name, symbols, n=1)
            raise ConfigError(
                f"{name}: no such driver is installed",
                hint=f"did you mean {near[0]}?" if near else None,
            )
