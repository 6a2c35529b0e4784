"""Config: the values of every option, from the command line, a defconfig, the board, or its default.

In:  a menu (from :mod:`ukdrivers.menu`), already on disk, and what the user asked for.
Out: :class:`~ukdrivers.model.Config` (to :mod:`ukdrivers.wire` and :mod:`ukdrivers.build`).
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from ukdrivers import kconfig, refusal
from ukdrivers.choices import (
    COMMAND_LINE,
    DEFCONFIG,
    FILE,
    Chosen,
    load,
    read_file,
    shows,
    symbols_in,
    written,
)
from ukdrivers.errors import ConfigError
from ukdrivers.model import Config, Symbol
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ukdrivers.kconfig import Item, Tree
    from ukdrivers.model import Host, Menu, Selection

__all__ = [
    "Opened",
    "Sources",
    "check_slots",
    "evaluate",
    "find_symbol",
    "minimal",
    "opened",
    "origin_of",
    "spellings",
]

#: what a message calls the saved configuration, whose own name is not known here
SAVED = ".config"


class Sources(Value):
    """What the user asked for."""

    requested: Mapping[str, str] = {}  #: value by name, with or without ``CONFIG_`` and the prefix
    saved: str | None = None  #: text of a ``.config`` or of a part of one
    place: str = SAVED  #: what messages call that text
    defconfig: str | None = None  #: a file whose values give way to those that were set since
    unset: Sequence[str] = ()  #: names of symbols whose saved values no longer count


class Opened(Value):
    """A tree with all values in it."""

    tree: Tree
    chosen: Mapping[str, Chosen]  #: by symbol: what the user set


def evaluate(  # noqa: PLR0913 - the stage before, two folders, and three sources of values
    menu: Menu,
    *,
    host: Host,
    folder: str,
    requested: Mapping[str, str],
    saved: str | None,
    app: str | None = None,
    defconfig: str | None = None,
    place: str | None = None,
    unset: Sequence[str] = (),
) -> Config:
    """Work out the value of every symbol of the host's tree and of the driver menu.

    A value from the command line wins over one from a file, that over what the board turns on.

    :param menu: the driver menu
    :param host: its tree has ``Config.uk`` at the top
    :param folder: where the text of *menu* stands as ``Config.uk``
    :param requested: value by name; the name with or without ``CONFIG_`` and ``LIBUKDRIVER_``
    :param saved: text of a ``.config`` or of a part of one
    :param app: folder of the application, whose ``Config.uk`` is read if there is one
    :param defconfig: a file whose values give way to all others that the user set
    :param place: what messages call *saved*
    :param unset: names of symbols of *saved* that no longer count, spelled as in *requested*
    :returns: the text of ``.config``, the same bytes for the same input, and each value's origin
    :raises ConfigError: the tree is malformed, a name is unknown, or a value cannot be had
    """
    sources = Sources(
        requested=requested,
        saved=saved,
        place=place or SAVED,
        defconfig=defconfig,
        unset=unset,
    )
    with opened(host=host, folder=folder, app=app, sources=sources) as opening:
        tree, chosen = opening.tree, opening.chosen
        drivers = {one.symbol for one in menu.entries}
        for name, one in chosen.items():
            if not one.place or (name in drivers and name in tree.syms):
                _require(tree.syms[name])
        _check_interfaces(menu, tree)
        symbols = {}
        for symbol in tree.unique_defined_syms:
            name = symbol.name
            origin = origin_of(symbol, chosen.get(name), drivers)
            symbols[name] = Symbol(name=name, value=symbol.str_value, origin=origin)
        _refuse_warnings(tree)
        return Config(text=written(tree, chosen), symbols=symbols)


def origin_of(symbol: Item, chosen: Chosen | None, drivers: Collection[str]) -> str:
    """Return where the value of a symbol comes from.

    :param chosen: what the user set it to, if that was done
    :param drivers: symbols of the menu's entries
    """
    if chosen is not None and (not chosen.place or shows(symbol)):
        return chosen.origin
    return "board" if symbol.name in drivers else "default"


@contextlib.contextmanager
def opened(*, host: Host, folder: str, app: str | None, sources: Sources) -> Iterator[Opened]:
    """Open the tree of a host with the user's values in it; no value is checked yet.

    :raises ConfigError: the tree is malformed, a name is unknown, or a value has the wrong form
    """
    with kconfig.environment(_variables(host, folder, app)):
        tree = _tree(host)
        chosen: dict[str, Chosen] = {}
        if sources.saved is not None:
            outdone = {DEFCONFIG} if sources.defconfig is not None else set()
            leave = {_known(tree, sources.saved, name) for name in sources.unset} | outdone
            chosen |= load(tree, sources.saved, sources.place, origin=FILE, leave=leave)
        if sources.defconfig is not None:
            text = read_file(sources.defconfig)
            chosen |= load(tree, text, sources.defconfig, origin=DEFCONFIG, leave=chosen)
        for name in _request(tree, sources.requested):
            chosen[name] = Chosen(origin=COMMAND_LINE, place="")
        yield Opened(tree=tree, chosen=chosen)


def minimal(*, host: Host, folder: str, app: str | None, saved: str) -> str:
    """Return the fewest lines of a ``.config`` that say the same, for the same board."""
    import tempfile

    sources = Sources(saved=saved)
    with (
        tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch,
        opened(host=host, folder=folder, app=app, sources=sources) as opening,
    ):
        path = os.path.join(scratch, "defconfig")
        opening.tree.write_min_config(path, header="")
        return read_file(path)


def check_slots(config: Config, selection: Selection) -> None:
    """Make sure that what the platform needs one of is still on, whatever the user turned off.

    :raises ConfigError: no driver that is on and bound to a node provides the interface of a slot
    """
    for slot in selection.platform.slots:
        providers = [
            one for one in selection.selected if slot.interface in one.driver.provides and one.nodes
        ]
        if not any(config.is_on(one.driver.symbol) for one in providers):
            names = " or ".join(one.driver.symbol for one in providers)
            raise ConfigError(
                f"{names}: is n, wanted y: this board's {slot.purpose} is {providers[0].nodes[0].path}"
            )


def _variables(host: Host, folder: str, app: str | None) -> dict[str, str]:
    nowhere = os.devnull  # a "folder" that never holds a file
    return {"UK_BASE": host.root, "KCONFIG_DRIV_BASE": folder, "UK_APP": app or nowhere}


def _tree(host: Host) -> Tree:
    path = os.path.join(host.root, "Config.uk")
    try:
        tree = kconfig.parse(path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}, wanted the host's Kconfig tree") from error
    except ValueError as error:
        raise ConfigError(str(error)) from error
    platforms = {name for name in tree.syms if name.startswith(("PLAT_", "ARCH_"))}
    problem = kconfig.first_problem(tree, assumed=frozenset(platforms))
    if problem is not None:
        raise ConfigError(problem)
    return tree


def _request(tree: Tree, requested: Mapping[str, str]) -> dict[str, str]:
    from_line: dict[str, str] = {}
    for name, value in requested.items():
        symbol = find_symbol(tree, name)
        if from_line.setdefault(symbol.name, value) != value:
            raise ConfigError(
                f"{symbol.name}: set to {from_line[symbol.name]} and to {value}, wanted one value"
            )
        warnings = len(tree.warnings)
        if not symbol.set_value(value):
            wanted = refusal.wanted_form(symbol)
            raise ConfigError(f'{symbol.name}: set to "{value}", wanted {wanted}')
        del tree.warnings[warnings:]  # on symbols without a prompt; they are refused below
    return from_line


def find_symbol(tree: Tree, name: str) -> Item:
    """Return the symbol of a name with or without its prefixes.

    :raises ConfigError: there is none
    """
    for spelling in spellings(name):
        symbol = tree.syms.get(spelling)
        if symbol is not None and symbol.nodes:
            return symbol
    raise ConfigError(f"{name}: no such option", hint=refusal.nearest(tree, name))


def _known(tree: Tree, saved: str, name: str) -> str:
    """Return the symbol that a name means, also one of a driver that is gone."""
    return known_symbol((*tree.syms, *symbols_in(saved)), name)


def known_symbol(symbols: Iterable[str], name: str) -> str:
    """Return which symbol is meant by a name with or without its prefixes.

    :raises ConfigError: there is none
    """
    known = set(symbols)
    found = next((one for one in spellings(name) if one in known), None)
    if found is None:
        raise ConfigError(f"{name}: no such option", hint=refusal.near(known, name))
    return found


def spellings(name: str) -> Iterator[str]:
    """Yield what symbol a name may mean."""
    bare = name.removeprefix("CONFIG_")
    for spelling in (bare, bare.upper().replace("-", "_")):
        yield spelling
        yield f"LIBUKDRIVER_{spelling}"


def _require(symbol: Item) -> None:
    value = symbol.user_value
    wanted = value if isinstance(value, str) else "nmy"[value]
    if symbol.str_value != wanted:
        raise refusal.explain(symbol, wanted)


def _check_interfaces(menu: Menu, tree: Tree) -> None:
    on = [one.driver for one in menu.entries if tree.syms[one.symbol].str_value == "y"]
    provided = {*menu.offers, *(interface for one in on for interface in one.provides)}
    for driver in on:
        for interface in driver.requires:
            if interface not in provided:
                raise ConfigError(
                    f"{driver.symbol}: set to y, but requires {interface}, "
                    "which no driver that is on provides"
                )


def _refuse_warnings(tree: Tree) -> None:
    if tree.warnings:
        raise ConfigError(kconfig.one_line(tree.warnings[0]))
