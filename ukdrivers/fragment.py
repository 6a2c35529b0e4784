"""Fragments: a driver's own ``Config.uk`` is checked before it goes into the menu.

In:  drivers whose fragments stand on disk.
Out: the path of each fragment (to :mod:`ukdrivers.menu`).

A fragment holds options of its driver and nothing else. It names no file and runs no command, since
it is read wherever its plugin is installed; it refers to nothing of a host, since the same driver is
built for every host.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ukdrivers import kconfig
from ukdrivers.errors import MenuError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ukdrivers.kconfig import Item, Tree
    from ukdrivers.model import Driver

__all__ = ["check"]

#: statements that reach outside the fragment, or change the tree it is put into
REFUSED = (
    "gsource",
    "grsource",
    "mainmenu",
    "option",
    "orsource",
    "osource",
    "rsource",
    "source",
)

#: what Kconfig takes for more than a character of a path
SPECIAL = frozenset('*?[]"$\\\n')

#: the Kconfig symbol of each architecture, in every host
ARCH_SYMBOLS = {"arm": "ARCH_ARM_32", "arm64": "ARCH_ARM_64", "x86_64": "ARCH_X86_64"}


def check(drivers: Sequence[Driver]) -> dict[str, str]:
    """Check the fragments of *drivers*.

    :returns: absolute path of each fragment that says anything, by driver name
    :raises MenuError: a fragment is unreadable or malformed, names a file or runs a command,
        defines a symbol that is not its own or defines one twice, or refers to an unknown one
    """
    path_by_name: dict[str, str] = {}
    for driver in drivers:
        if driver.config is not None:
            path = f"{driver.root}/{driver.config}"
            _check_path(path)
            text = _text(path)
            if text and _check_statements(driver, text):
                path_by_name[driver.name] = path
    with kconfig.environment({}):
        if path_by_name and not _are_sound(drivers, path_by_name):
            place_by_symbol = {one.symbol: f"the menu entry of {one.name}" for one in drivers}
            for driver in drivers:
                if driver.name in path_by_name:
                    tree = _tree(driver, path_by_name[driver.name])
                    _check_symbols(driver, tree, place_by_symbol)
    return path_by_name


def _are_sound(drivers: Sequence[Driver], path_by_name: Mapping[str, str]) -> bool:
    """Whether all fragments are in order; not what is wrong with one that isn't.

    They are read as one tree, since making a tree takes far longer than reading a fragment.
    """
    import tempfile

    owner_by_path = {
        os.path.realpath(path_by_name[one.name]): one for one in drivers if one.name in path_by_name
    }
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".uk") as file:
        file.writelines(f'source "{path}"\n' for path in path_by_name.values())
        file.flush()
        try:
            tree = kconfig.parse(file.name)
        except (ValueError, OSError):
            return False
    entries = {one.symbol for one in drivers}
    owners: dict[str, Driver] = {}
    for node in tree.node_iter():
        if node.filename not in owners:
            owners[node.filename] = owner_by_path[os.path.realpath(node.filename)]
        if not _is_own(node, owners[node.filename], entries):
            return False
    return not tree.warnings and len(owner_by_path) == len(path_by_name)


def _is_own(node: Item, driver: Driver, entries: AbstractSet[str]) -> bool:
    """Whether an entry is the driver's, and names nothing but what is."""
    prefix = f"{driver.symbol}_"
    name = getattr(node.item, "name", None)
    if name is not None and (
        not name.startswith(prefix) or name in entries or len(node.item.nodes) > 1
    ):
        return False
    others = (driver.symbol, *_shared(driver))
    return all(
        one.name in others
        or (one.nodes[0].filename == node.filename if one.nodes else not kconfig.is_loose(one))
        for one in node.referenced
    )


def _check_path(path: str) -> None:
    if not SPECIAL.isdisjoint(path):
        special = min(SPECIAL.intersection(path))
        raise MenuError(f"{path}: the path has {special!r}, which Kconfig does not read as text")


def _text(path: str) -> str:
    try:
        size = os.stat(path).st_size
        if not size:  # of thousands, most are empty
            return ""
        file = os.open(path, os.O_RDONLY)
        try:
            return os.read(file, size + 1).decode()
        finally:
            os.close(file)
    except OSError as error:
        raise MenuError(f"{path}: {error.strerror}, wanted a Kconfig fragment") from error
    except UnicodeDecodeError as error:
        raise MenuError(f"{path}: not UTF-8 at byte {error.start}") from error


def _place(driver: Driver, line: int) -> str:
    return f"{os.path.basename(driver.root)}/{driver.config}:{line}"


def _check_statements(driver: Driver, text: str) -> bool:
    """Refuse what reaches outside; returns whether there is any statement."""
    found = False
    for line, statement in kconfig.statements(text):
        found = True
        word = kconfig.first_word(statement)
        if word in REFUSED:
            reason = f"'{word}', wanted the driver's own options only"
            raise MenuError(f"{_place(driver, line)}: {reason}")
        if "$(" in statement:
            raise MenuError(f"{_place(driver, line)}: macro '$(', wanted plain Kconfig")
        if re.match(r"[\w-]+\s*(?:[:+]?=)", statement):
            raise MenuError(f"{_place(driver, line)}: macro '{word}', wanted plain Kconfig")
    return found


def _tree(driver: Driver, path: str) -> Tree:
    try:
        return kconfig.parse(path)
    except ValueError as error:
        raise MenuError(_short(str(error), driver, path)) from error


def _short(message: str, driver: Driver, path: str) -> str:
    return message.replace(path, f"{os.path.basename(driver.root)}/{driver.config}")


def _check_symbols(driver: Driver, tree: Tree, place_by_symbol: dict[str, str]) -> None:
    for item in [*tree.unique_defined_syms, *tree.unique_choices]:
        if item.name is not None:
            for node in item.nodes:
                _check_definition(driver, item.name, node.linenr, place_by_symbol)
    own = [driver.symbol, *(one.name for one in tree.unique_defined_syms)]
    shared = _shared(driver)
    known = frozenset((*own, *shared))
    for name, _, line in kconfig.undefined(tree):
        if name not in known:
            message = f"{_place(driver, line)}: symbol {name} is not defined anywhere"
            raise MenuError(message, hint=_hint(name, own, shared))
    problem = kconfig.first_problem(tree, assumed=known)
    if problem is not None:
        path = os.path.join(driver.root, str(driver.config))
        raise MenuError(_short(problem, driver, path))


def _shared(driver: Driver) -> list[str]:
    """Return the symbols of others that a fragment may name."""
    return [*(kconfig.platform_symbol(one) for one in driver.platforms), *ARCH_SYMBOLS.values()]


def _check_definition(
    driver: Driver, name: str, line: int, place_by_symbol: dict[str, str]
) -> None:
    place = _place(driver, line)
    if name in place_by_symbol:
        raise MenuError(f"{place}: symbol {name} is already defined by {place_by_symbol[name]}")
    if not name.startswith(f"{driver.symbol}_"):
        raise MenuError(f"{place}: symbol {name} is not the driver's, wanted {driver.symbol}_…")
    place_by_symbol[name] = place


def _hint(name: str, own: Sequence[str], shared: Sequence[str]) -> str:
    bare = name.removeprefix("CONFIG_")
    if bare != name:
        return f"Kconfig symbols carry no prefix: write {bare}"
    import difflib

    near = difflib.get_close_matches(name, (*own, *shared), n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"a fragment may name {own[0]}, its own {own[0]}_…, {' and '.join(shared)}"
