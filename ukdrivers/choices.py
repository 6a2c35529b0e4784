"""Choices: what the user set, as it stands in files, and how it gets into a Kconfig tree.

In:  the text of a ``.config`` or of a part of one.
Out: values in a tree, with the origin and the place of each (to :mod:`ukdrivers.config`).

A file that is written here holds the value of every symbol, but only those that it marks count when
it is read again: the rest followed from a board, which may be another one by now. A value that has
no effect for now, like an option of a driver that is off or gone, is kept beside them.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ukdrivers import kconfig, refusal
from ukdrivers.errors import ConfigError
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ukdrivers.kconfig import Item, Tree

__all__ = [
    "COMMAND_LINE",
    "DEFCONFIG",
    "FILE",
    "MENU",
    "Chosen",
    "load",
    "read_file",
    "shows",
    "symbols_in",
    "values_in",
    "written",
]

#: first line of what is written here
HEADER = "# Written by ukdrivers: change it with `ukdrivers menu`, not by hand\n"
MARK = "# chosen: "
KEPT = "# kept: "
PREFIX = "LIBUKDRIVER_"

COMMAND_LINE = "command line"
MENU = "menu"
DEFCONFIG = "defconfig"
FILE = "file"

_SET = re.compile(r"CONFIG_(\w+)=|# CONFIG_(\w+) is not set")


class Chosen(Value):
    """Where the user's value of a symbol comes from."""

    origin: str  #: one of the four above
    place: str  #: ``file:line``; empty when it has just been given
    idle: str = ""  #: the line itself, if nothing installed has that option


def load(
    tree: Tree, text: str, name: str, *, origin: str, leave: Collection[str] = ()
) -> dict[str, Chosen]:
    """Set what a file says, in addition to what is set already.

    :param name: stands for the file in messages
    :param origin: of its values, unless the file is our own and says otherwise
    :param leave: symbols, and an origin, that are not set
    :returns: where each value comes from, by symbol
    :raises ConfigError: a line is malformed, an option doesn't exist, or can't have the value
    """
    import tempfile

    lines, origins, kept = _counting(text)
    chosen: dict[str, Chosen] = {}
    for number, line in enumerate(lines):
        symbol = _symbol(line)
        if symbol is not None:
            from_where = origins.get(symbol, origin)
            if symbol in leave or from_where in leave:
                lines[number] = ""
                continue
            is_gone = symbol.startswith(PREFIX) and not _is_defined(tree, symbol)
            idle = line if is_gone and (number in kept or line.startswith("#")) else ""
            chosen[symbol] = Chosen(origin=from_where, place=f"{name}:{number + 1}", idle=idle)
            lines[number] = "" if idle else line
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
        path = os.path.join(scratch, "config")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{one}\n" for one in lines)
        tree.load_config(path, replace=False)
    if tree.warnings:
        raise ConfigError(_problem(tree, text, name).replace(path, name))
    for option, value in tree.missing_syms:
        if value != "n":
            raise ConfigError(
                f"{name}:{_line_of(option, text)}: {option} is set to {value}, "
                "but no such option exists",
                hint=refusal.nearest(tree, option) or "remove the line, or install its driver",
            )
    return {name: one for name, one in chosen.items() if one.idle or _is_defined(tree, name)}


def _is_defined(tree: Tree, name: str) -> bool:
    return name in tree.syms and bool(tree.syms[name].nodes)


def written(tree: Tree, chosen: Mapping[str, Chosen]) -> str:
    """Return the text of a ``.config`` that says what was chosen."""
    import tempfile

    header = HEADER
    for name, one in chosen.items():
        symbol = tree.syms.get(name)
        if one.idle:
            header += f"{KEPT}{one.origin}: {one.idle}\n"
        elif shows(symbol):
            header += f"{MARK}{name}{'' if one.origin == FILE else f', {one.origin}'}\n"
        elif any(node.prompt for node in symbol.nodes):
            header += f"{KEPT}{one.origin}: {_assignment(symbol)}\n"
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
        path = os.path.join(scratch, "config")
        tree.write_config(path, header=header, save_old=False)
        return read_file(path)


def shows(symbol: Item) -> bool:
    """Whether a value that the user sets has an effect now."""
    return bool(symbol.visibility) and any(one.prompt for one in symbol.nodes)


def read_file(path: str) -> str:
    """Return what a file says.

    :raises ConfigError: it can't be read, or isn't text
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}, wanted a configuration") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from error


def symbols_in(text: str) -> list[str]:
    """Return what a ``.config`` says anything of, in effect or not."""
    return re.findall(r"\bCONFIG_(\w+)", text)


def values_in(text: str) -> dict[str, str]:
    """Return the value of each symbol that a ``.config`` has, as Kconfig shows it."""
    values = {}
    for line in text.splitlines():
        name = _symbol(line)
        if name:
            value = line.partition("=")[2] if line.startswith("CONFIG_") else "n"
            is_text = value[:1] == '"'
            values[name] = kconfig.library().unescape(value[1:-1]) if is_text else value
    return values


def _counting(text: str) -> tuple[list[str], dict[str, str], Collection[int]]:
    """Return the lines, all that don't count blank, and the origins that the file tells.

    Third, the numbers of the lines that were kept without having an effect.
    """
    lines = text.splitlines()
    if not text.startswith(HEADER):
        return lines, {}, ()
    origins: dict[str, str] = {}
    kept: dict[int, str] = {}
    for number, line in enumerate(lines):
        if line.startswith(MARK):
            name, _, origin = line.removeprefix(MARK).partition(", ")
            origins[name] = origin or FILE
        elif line.startswith(KEPT):
            origin, _, kept[number] = line.removeprefix(KEPT).partition(": ")
            origins[_symbol(kept[number]) or ""] = origin
    counting = [line if _symbol(line) in origins else "" for line in lines]
    for number, line in kept.items():
        counting[number] = line
    return counting, origins, kept


def _symbol(line: str) -> str | None:
    found = _SET.match(line)
    return found and (found[1] or found[2])


def _assignment(symbol: Item) -> str:
    """Return the line that gives a symbol the value that the user chose."""
    kconfiglib = kconfig.library()
    name, value = symbol.name, symbol.user_value
    if symbol.orig_type in (kconfiglib.BOOL, kconfiglib.TRISTATE):
        return f"CONFIG_{name}={'nmy'[value]}" if value else f"# CONFIG_{name} is not set"
    if symbol.orig_type == kconfiglib.STRING:
        return f'CONFIG_{name}="{kconfiglib.escape(value)}"'
    return f"CONFIG_{name}={value}"


def _problem(tree: Tree, text: str, name: str) -> str:
    warning: str = tree.warnings[0]
    for form in (r"the value '(.*)' is invalid for (\w+)", r"'(.*)' is not a .* symbol (\w+)"):
        refused = re.search(form, warning)
        if refused:
            value, option = refused.groups()
            wanted = refusal.wanted_form(tree.syms[option])
            place = f"{name}:{_line_of(option, text)}"
            return f'{place}: {option} is set to "{value}", wanted {wanted}'
    return kconfig.one_line(warning)


def _line_of(name: str, text: str) -> int:
    start = f"CONFIG_{name}="
    lines = text.splitlines()
    return next((number for number, one in enumerate(lines, 1) if one.startswith(start)), 1)
