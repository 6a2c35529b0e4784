"""Source: what a driver's C says of itself.

In:  :class:`~ukdrivers.model.Driver` (from :mod:`ukdrivers.registry`).
Out: :class:`~ukdrivers.model.Declared` (to :mod:`ukdrivers.wire`).

Python matches by the manifest before anything is compiled, the booted image by the C match table.
Here the table is read, so that :mod:`ukdrivers.wire` can refuse a difference.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.model import Declared
from ukdrivers.tools import find_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.ctree import Node
    from ukdrivers.model import Driver

__all__ = ["declare"]


def declare(
    driver: Driver, *, compiler: str, includes: Sequence[str], cache: str | None = None
) -> Declared:
    """Read a driver's object, its match table and its exported symbols from its C sources.

    :param driver: its sources are read, its other claims are not
    :param compiler: the cross compiler, whose preprocessor is run
    :param includes: the kit's include folders; the first ``uk/config.h`` found on them is used, and
        an empty one when there is none
    :param cache: folder that keeps what was read, one file a driver; ``None``: keep nothing
    :returns: what the C declares; compatible strings in table order
    :raises WireError: the C doesn't compile, can't be parsed, or has no driver object with a match
        table that can be read without running it
    :raises ToolError: there is no such compiler
    """
    program = find_tool(compiler)
    if cache is None:
        return _read(driver, program, includes)[0]

    from ukdrivers.cache import load, save, started

    path = os.path.join(cache, f"{driver.name}.json")
    key = [driver.object, driver.root, *driver.sources, "", program, *includes]
    known = load(path, key=key)
    if known is not None:
        return Declared(**{**known, **{name: tuple(known[name]) for name in _TUPLES}})
    since = started()
    declared, files = _read(driver, program, includes)
    value = {name: getattr(declared, name) for name in _FIELDS}
    save(path, key=key, files=[program, *_own_files(), *files], value=value, since=since)
    return declared


_TUPLES = ("compatible", "exported")
_FIELDS = ("name", "class_", "location", *_TUPLES)


def _own_files() -> list[str]:
    """List the modules that what is kept depends on: it falls when one of them changes."""
    folder = os.path.dirname(os.path.abspath(__file__))
    return [os.path.join(folder, f"{name}.py") for name in ("ctree", "declaration", "preprocess")]


def _read(
    driver: Driver, compiler: str, includes: Sequence[str]
) -> tuple[Declared, tuple[str, ...]]:
    """Preprocess and parse every source; return what they declare and the files that took part."""
    from ukdrivers.ctree import exported_names, parse
    from ukdrivers.declaration import read_declaration
    from ukdrivers.preprocess import files_read, preprocess

    exported: dict[str, None] = {}
    files: dict[str, None] = {}
    units: list[Node] = []
    for source in driver.sources:
        path = os.path.join(driver.root, source)
        text = preprocess(path, compiler=compiler, includes=includes)
        units.append(parse(text, path))
        files |= dict.fromkeys(files_read(text))
        exported |= dict.fromkeys(exported_names(units[-1]))
    declared = read_declaration(driver, units, exported=tuple(exported))
    return declared, tuple(map(os.path.abspath, files))
