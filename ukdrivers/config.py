"""Config: the values of every option, from the command line, a file, the board, or its default.

In:  a menu (from :mod:`ukdrivers.menu`), already on disk, and what the user asked for.
Out: :class:`~ukdrivers.model.Config` (to :mod:`ukdrivers.wire` and :mod:`ukdrivers.build`).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ukdrivers import kconfig, refusal
from ukdrivers.errors import ConfigError
from ukdrivers.model import Config, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from ukdrivers.kconfig import Item, Tree
    from ukdrivers.model import Host, Menu, Selection

__all__ = ["check_slots", "edit", "evaluate"]

#: what a message calls the saved configuration, whose own name is not known here
SAVED = ".config"

#: first line of what is written here. When such a file is read again, only the symbols that it
#: marks as chosen count: the rest followed from a board, which may be another one by now
HEADER = "# Written by ukdrivers: change it with `ukdrivers menu`, not by hand\n"

MARK = "# chosen: "


def evaluate(  # noqa: PLR0913 - the stage before, two folders, and three sources of values
    menu: Menu,
    *,
    host: Host,
    folder: str,
    requested: Mapping[str, str],
    saved: str | None,
    app: str | None = None,
) -> Config:
    """Work out the value of every symbol of the host's tree and of the driver menu.

    A value from the command line wins over one from a file, that over what the board turns on.

    :param menu: the driver menu
    :param host: its tree has ``Config.uk`` at the top
    :param folder: where the text of *menu* stands as ``Config.uk``
    :param requested: value by name; the name with or without ``CONFIG_`` and ``LIBUKDRIVER_``
    :param saved: text of a ``.config`` or of a part of one
    :param app: folder of the application, whose ``Config.uk`` is read if there is one
    :returns: the text of ``.config``, the same bytes for the same input, and each value's origin
    :raises ConfigError: the tree is malformed, a name is unknown, or a value cannot be had
    """
    with kconfig.environment(_variables(host, folder, app)):
        tree = _tree(host)
        if saved is not None:
            _load(tree, saved, SAVED)
        from_file = {one.name for one in tree.unique_defined_syms if one.user_value is not None}
        from_line = _request(tree, requested)
        drivers = {one.symbol for one in menu.entries}
        for name in (*from_line, *sorted(from_file & drivers - from_line.keys())):
            _require(tree.syms[name])
        _check_interfaces(menu, tree)
        symbols = {}
        for one in tree.unique_defined_syms:
            origin = _origin(one, from_line, from_file, drivers)
            symbols[one.name] = Symbol(name=one.name, value=one.str_value, origin=origin)
        _refuse_warnings(tree)
        chosen = [one.name for one in symbols.values() if one.origin in {"command line", "file"}]
        return Config(text=_written(tree, chosen), symbols=symbols)


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


def edit(*, host: Host, folder: str, path: str, app: str | None = None) -> str:
    """Let the user change the options in kconfiglib's menuconfig, on this terminal.

    Only what differs from its default is kept, so that a choice made for one board does not carry
    the whole of that board's defaults to the next.

    :param path: the saved choices; read when it exists, written when the user saves
    :returns: one line that says what was saved
    :raises ConfigError: the tree or the saved choices are malformed, or *path* cannot be written
    """
    import contextlib
    import io
    import tempfile

    with (
        tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch,
        kconfig.environment(_variables(host, folder, app)),
    ):
        tree = _tree(host)
        if os.path.exists(path):
            _load(tree, _read(path), path)
        full = os.path.join(scratch, "config")
        tree.write_config(full, save_old=False)
        before = _read(full)
        os.environ["KCONFIG_CONFIG"] = full
        with contextlib.redirect_stdout(io.StringIO()):
            _menuconfig().menuconfig(tree)
        if _read(full) == before:
            return f"{path}: nothing to save"
        return _save_choices(host, full, path)


def _menuconfig() -> ModuleType:
    try:
        import menuconfig
    except ImportError as error:
        raise ConfigError(f"menuconfig: {error}, wanted a Python with curses") from error
    module: ModuleType = menuconfig
    return module


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


def _load(tree: Tree, saved: str, name: str) -> None:
    """Set what *saved* says; *name* stands for it in messages."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
        path = os.path.join(scratch, SAVED)
        with open(path, "w", encoding="utf-8") as file:
            file.write(_choices(saved))
        tree.load_config(path)
    if tree.warnings:
        raise ConfigError(_load_problem(tree, saved, name).replace(path, name))
    for option, value in tree.missing_syms:
        if value != "n":
            raise ConfigError(
                f"{name}:{_line_of(option, saved)}: {option} is set to {value}, "
                "but no such option exists",
                hint=refusal.nearest(tree, option) or "remove the line, or install its driver",
            )


def _choices(saved: str) -> str:
    """Blank all but the chosen lines of a file that was written here; leave others as they are."""
    if not saved.startswith(HEADER):
        return saved
    lines = saved.splitlines()
    names = [one.removeprefix(MARK) for one in lines if one.startswith(MARK)]
    starts = tuple(
        start for name in names for start in (f"CONFIG_{name}=", f"# CONFIG_{name} is not set")
    )
    return "".join(f"{one if one.startswith(starts) else ''}\n" for one in lines)


def _load_problem(tree: Tree, saved: str, name: str) -> str:
    warning: str = tree.warnings[0]
    for form in (r"the value '(.*)' is invalid for (\w+)", r"'(.*)' is not a .* symbol (\w+)"):
        refused = re.search(form, warning)
        if refused:
            value, option = refused.groups()
            wanted = refusal.wanted_form(tree.syms[option])
            return (
                f'{name}:{_line_of(option, saved)}: {option} is set to "{value}", wanted {wanted}'
            )
    return kconfig.one_line(warning)


def _line_of(name: str, saved: str) -> int:
    lines = saved.splitlines()
    start = f"CONFIG_{name}="
    return next((number for number, one in enumerate(lines, 1) if one.startswith(start)), 1)


def _request(tree: Tree, requested: Mapping[str, str]) -> dict[str, str]:
    from_line: dict[str, str] = {}
    for name, value in requested.items():
        symbol = _resolved(tree, name)
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


def _resolved(tree: Tree, name: str) -> Item:
    for spelling in _spellings(name):
        symbol = tree.syms.get(spelling)
        if symbol is not None and symbol.nodes:
            return symbol
    raise ConfigError(f"{name}: no such option", hint=refusal.nearest(tree, name))


def _spellings(name: str) -> Iterator[str]:
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
    provided = {interface for one in on for interface in one.provides}
    for driver in on:
        for interface in driver.requires:
            if interface not in provided:
                raise ConfigError(
                    f"{driver.symbol}: set to y, but requires {interface}, "
                    "which no driver that is on provides"
                )


def _origin(symbol: Item, line: Mapping[str, str], file: set[str], drivers: set[str]) -> str:
    if symbol.name in line:
        return "command line"
    if symbol.name in file and any(one.prompt for one in symbol.nodes) and symbol.visibility:
        return "file"
    return "board" if symbol.name in drivers else "default"


def _refuse_warnings(tree: Tree) -> None:
    if tree.warnings:
        raise ConfigError(kconfig.one_line(tree.warnings[0]))


def _written(tree: Tree, chosen: Sequence[str]) -> str:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
        path = os.path.join(scratch, SAVED)
        header = HEADER + "".join(f"{MARK}{name}\n" for name in chosen)
        tree.write_config(path, header=header, save_old=False)
        return _read(path)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _save_choices(host: Host, full: str, path: str) -> str:
    tree = _tree(host)
    tree.load_config(full)
    fresh = f"{path}.new"
    try:
        tree.write_min_config(fresh)
        os.replace(fresh, path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}, wanted to save the choices") from error
    return f"{path}: choices saved"
