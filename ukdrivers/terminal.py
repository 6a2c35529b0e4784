"""Terminal: the driver menu on a terminal, by kconfiglib's menuconfig.

In:  a menu (from :mod:`ukdrivers.menu`), already on disk, and the saved choices.
Out: the choices, saved.

Search (``/``) and help (``?``) are menuconfig's own. It is made to say two things more: where a
value comes from, and why an entry can't be changed.
"""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING

from ukdrivers import kconfig, refusal
from ukdrivers.choices import MENU, Chosen, read_file, written
from ukdrivers.config import Sources, opened, origin_of
from ukdrivers.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    from ukdrivers.kconfig import Item, Tree
    from ukdrivers.model import Host, Menu

    Menuconfig: TypeAlias = Any  #: the module, which carries no types of its own

__all__ = ["edit"]

WIDTH = 60  #: of a message


def edit(menu: Menu, *, host: Host, folder: str, path: str, app: str | None = None) -> str:
    """Let the user change the options, and keep what was changed.

    :param path: the saved choices; read when it exists, written when the user saves
    :returns: one line that says what was saved
    :raises ConfigError: the tree or the saved choices are malformed, or *path* cannot be written
    """
    import tempfile

    drivers = {one.symbol for one in menu.entries}
    saved = read_file(path) if os.path.exists(path) else None
    sources = Sources(saved=saved, place=path)
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
        full = os.path.join(scratch, "config")
        with opened(host=host, folder=folder, app=app, sources=sources) as opening:
            tree = opening.tree
            tree.write_config(full, save_old=False)
            before = read_file(full)
            os.environ["KCONFIG_CONFIG"] = full
            module = _menuconfig()
            told = {
                one.name: (one.str_value, origin_of(one, opening.chosen.get(one.name), drivers))
                for one in tree.unique_defined_syms
            }
            with contextlib.redirect_stdout(io.StringIO()), _telling(module, told):
                module.menuconfig(tree)
            if read_file(full) == before:
                return f"{path}: nothing to save"
            tree.load_config(full)  # what was saved, not what was changed after that
            wanted = {one.name: one.str_value for one in tree.unique_defined_syms}
        with opened(host=host, folder=folder, app=app, sources=sources) as opening:
            chosen = dict(opening.chosen)
            for name in _changed(opening.tree, wanted):
                chosen[name] = Chosen(origin=MENU, place=path)
            text = written(opening.tree, chosen)
        _save(path, text)
    return f"{path}: choices saved"


def _menuconfig() -> Menuconfig:
    try:
        import menuconfig
    except ImportError as error:
        raise ConfigError(f"menuconfig: {error}, wanted a Python with curses") from error
    return menuconfig


@contextlib.contextmanager
def _telling(module: Menuconfig, told: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Make menuconfig tell origins and reasons, where it has the functions for that.

    :param told: value at the start and its origin, by symbol
    """
    functions = ("_info_str", "_change_node", "_changeable", "_msg")
    if not all(hasattr(module, one) for one in functions):
        yield
        return
    info, change = module._info_str, module._change_node  # noqa: SLF001
    module._info_str = lambda node: _info(node, info(node), module, told)  # noqa: SLF001
    module._change_node = lambda node: change(node) or _explain(node, module)  # noqa: SLF001
    try:
        yield
    finally:
        module._info_str, module._change_node = info, change  # noqa: SLF001


def _info(node: Item, text: str, module: Menuconfig, told: Mapping[str, tuple[str, str]]) -> str:
    """Add to what menuconfig says of an entry, below its name."""
    if not isinstance(node.item, kconfig.library().Symbol):
        return text
    value, origin = told[node.item.name]
    name, _, rest = text.partition("\n")
    lines = [name, f"Origin: {origin if node.item.str_value == value else MENU}"]
    if not module._changeable(node):  # noqa: SLF001
        lines.append(f"Can't be changed: {refusal.held(node.item)}")
    return "\n".join([*lines, rest])


def _explain(node: Item, module: Menuconfig) -> bool:
    """Say why an entry can't be changed; returns what menuconfig's own function does then."""
    if isinstance(node.item, kconfig.library().Symbol):
        import textwrap

        text = f"{node.item.name}: {refusal.held(node.item)}"
        module._msg("Can't be changed", "\n".join(textwrap.wrap(text, WIDTH)))  # noqa: SLF001
    return False


def _changed(tree: Tree, wanted: Mapping[str, str]) -> list[str]:
    """Set what differs from the values of another tree.

    :returns: the symbols that were set; what follows from others is not among them
    """
    settable = [one for one in tree.unique_defined_syms if any(node.prompt for node in one.nodes)]
    was = {one.name: one.user_value for one in settable}
    names = [
        one.name
        for one in settable
        if one.str_value != wanted[one.name] and one.set_value(wanted[one.name])
    ]
    for name in names[::-1]:
        symbol, value = tree.syms[name], tree.syms[name].user_value
        symbol.unset_value()
        if was[name] is not None or any(one.str_value != wanted[one.name] for one in settable):
            symbol.set_value("nmy"[value] if isinstance(value, int) else value)
        else:
            names.remove(name)
    return names


def _save(path: str, text: str) -> None:
    from ukdrivers.output import write_bytes

    try:
        write_bytes(path, text.encode())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}, wanted to save the choices") from error
