"""Tree: what a Unikraft tree has, read from its files and not from its version.

In:  the folder that the user named.
Out: :class:`Tree` (to :mod:`ukdrivers.unikraft.adapter`, replace and overlay).
"""

from __future__ import annotations

import dataclasses
import os
import re
from typing import TYPE_CHECKING

from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["DriverClass", "Tree", "imported", "read_tree"]

#: a tree without these was never one; the first release that had each is another matter
MARKS = ("Config.uk", "Makefile", "version.mk")

#: what came with 0.15.0, and without which drivers can't be brought in from outside
FLOOR = {
    "drivers/Makefile.uk": "a folder of drivers",
    "lib/ukintctlr/Makefile.uk": "the interrupt controller library",
    "support/build/config-submenu.sh": "menus made from folders",
}
OLDEST = "0.15.0"

#: version of a tree that doesn't write it in figures
UNKNOWN = "unknown"

_IMPORT = re.compile(r"\$\(call\s+import_lib\s*,\s*([^)\s]+\)?[^)\s]*)\)")
_ASSIGNMENT = re.compile(r"(\w+)\s*:?=\s*(\S+)\s*")
_FRAME = re.compile(r"\s*(?:menu|endmenu|source)\b")
_MENU = re.compile(r'\s*menu\s+"(.*)"')


@dataclasses.dataclass(frozen=True, kw_only=True)
class DriverClass:
    """One class of the tree's own drivers: a folder below ``drivers/``."""

    name: str  #: of the folder
    title: str  #: of its menu
    makefile: tuple[str, ...]  #: statements of its ``Makefile.uk``
    drivers: tuple[str, ...]  #: names of the folders that it imports, in that order
    configured: frozenset[str]  #: those of them that have a ``Config.uk``
    options: tuple[str, ...]  #: of the class itself: statements of its ``Config.uk`` but menus

    def folder(self, driver: str) -> str:
        """Return a driver's folder, relative to the tree."""
        return f"drivers/{self.name}/{driver}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tree:
    """A Unikraft tree."""

    root: str  #: absolute, symbolic links resolved, as make will name it
    version: str  #: what the tree calls itself, e.g. ``0.17.0``
    classes: tuple[DriverClass, ...]  #: in the order in which they are imported
    platforms: tuple[str, ...]  #: folders below ``plat`` that have options, sorted

    def has(self, path: str) -> bool:
        """Whether the tree has a file or a folder."""
        return os.path.exists(os.path.join(self.root, path))

    def text(self, path: str) -> str:
        """Return what a file says; nothing if there is none."""
        return _text(os.path.join(self.root, path))

    def folders(self) -> tuple[str, ...]:
        """Return the folders of all drivers, relative to the tree."""
        return tuple(one.folder(name) for one in self.classes for name in one.drivers)


def read_tree(folder: str) -> Tree:
    """Look at a tree; nothing in it is run or changed.

    :raises UsageError: it isn't a Unikraft tree, or one from before 0.15.0
    """
    root = os.path.realpath(folder)
    missing = [one for one in MARKS if not os.path.isfile(os.path.join(root, one))]
    if missing:
        what = f"has no {missing[0]}" if os.path.isdir(root) else "no such folder"
        raise UsageError(f"{folder}: {what}, wanted a Unikraft tree")
    version = _version(_text(os.path.join(root, "version.mk")))
    lacks = [one for one in FLOOR if not os.path.isfile(os.path.join(root, one))]
    is_old = version != UNKNOWN and _numbers(version) < _numbers(OLDEST)
    if lacks or is_old:
        named = "; ".join(f"no {one} ({FLOOR[one]})" for one in lacks)
        raise UsageError(
            f"{folder}: is Unikraft {version}, wanted {OLDEST} or later{': ' if named else ''}{named}"
        )
    titles = _titles(_text(os.path.join(root, "drivers/Config.uk")))
    names = imported(_statements(_text(f"{root}/drivers/Makefile.uk")))
    classes = tuple(_class(root, name, titles) for name in names)
    return Tree(root=root, version=version, classes=classes, platforms=_platforms(root))


def imported(statements: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the folders that make statements import."""
    paths = (path for line in statements for path in _IMPORT.findall(line))
    return tuple(path.rstrip("/").rpartition("/")[2] for path in paths)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""


def _version(text: str) -> str:
    values = dict(re.findall(r"^(\w+)\s*:?=\s*(\d+)\s*$", text, re.MULTILINE))
    parts = [values.get(f"UK_{name}VERSION", "") for name in ("", "SUB", "EXTRA")]
    return ".".join(one for one in parts if one) or UNKNOWN


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version))


def _titles(text: str) -> dict[str, str]:
    """Return the title of each class's menu in ``drivers/Config.uk``."""
    title_by_class: dict[str, str] = {}
    title = ""
    for line in text.splitlines():
        menu = _MENU.match(line)
        title = menu.group(1) if menu else title
        for name in re.findall(r"\$\(KCONFIG_DRIV_BASE\)/(\w+)", line):
            title_by_class.setdefault(name, title)
    return title_by_class


def _platforms(root: str) -> tuple[str, ...]:
    folder = os.path.join(root, "plat")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else ()
    return tuple(one for one in names if os.path.isfile(f"{folder}/{one}/Config.uk"))


def _class(root: str, name: str, titles: dict[str, str]) -> DriverClass:
    folder = os.path.join(root, "drivers", name)
    config = list(_statements(_text(f"{folder}/Config.uk")))
    menus = [match.group(1) for match in map(_MENU.match, config) if match]
    makefile = list(_statements(_text(f"{folder}/Makefile.uk")))
    drivers = imported(makefile)
    has_config = (one for one in drivers if os.path.isfile(f"{folder}/{one}/Config.uk"))
    return DriverClass(
        name=name,
        title=menus[0] if menus else titles.get(name, name),
        makefile=tuple(makefile),
        drivers=drivers,
        configured=frozenset(has_config),
        options=tuple(line for line in config if not _FRAME.match(line)),
    )


def _statements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.rstrip()
