"""Declaration: a driver object and its match table in parsed C.

In:  parsed files (from :mod:`ukdrivers.ctree`).
Out: :class:`~ukdrivers.model.Declared` (to :mod:`ukdrivers.source`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pycparser import c_ast

from ukdrivers.ctree import (
    array_of,
    field_names,
    fields_of,
    identifier,
    is_null,
    length_of,
    objects_of,
    place,
    string,
)
from ukdrivers.errors import WireError
from ukdrivers.model import Declared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.ctree import Node
    from ukdrivers.model import Driver

__all__ = ["read_declaration"]

OBJECT = "ukd_driver"
ENTRY = "ukd_match"
CLASS_PREFIX = "UKD_CLASS_"


def read_declaration(
    driver: Driver, units: Sequence[Node], *, exported: tuple[str, ...]
) -> Declared:
    """Read a driver's object and its match table.

    :param driver: says how the object has to be named
    :param units: the driver's files, parsed
    :param exported: what they export
    :returns: the values of the initialisers
    :raises WireError: there isn't exactly one object, or a value is only known at run time
    """
    decl, unit = _only(driver, [(one, unit) for unit in units for one in objects_of(unit, OBJECT)])
    if not isinstance(decl.init, c_ast.InitList):
        raise WireError(f"{place(decl)}: {decl.name} is a copy, wanted an initialiser in braces")
    values = fields_of(decl.init, field_names(unit, OBJECT))
    for field in ("name", "class", "match", "probe"):
        if field not in values:
            raise WireError(f"{place(decl)}: {decl.name} has no .{field}, wanted one")
    name = string(values["name"])
    if name is None:
        raise WireError(f"{place(values['name'])}: .name is computed, wanted a string literal")
    return Declared(
        name=name,
        class_=_class(values["class"]),
        compatible=_compatible(values["match"], unit),
        exported=exported,
        location=f"{decl.coord.file}:{decl.coord.line}",
    )


def _only(driver: Driver, found: Sequence[tuple[Node, Node]]) -> tuple[Node, Node]:
    """Return the one driver object and the file it is in."""
    if not found:
        raise WireError(
            f"{', '.join(map(os.path.basename, driver.sources))}: no driver object, "
            f"wanted 'const struct {OBJECT} {driver.object}' with an initialiser"
        )
    decl, unit = found[0]
    if len(found) > 1:
        raise WireError(
            f"{place(found[1][0])}: second driver object '{found[1][0].name}', "
            f"wanted one a driver; the first is at {place(decl)}"
        )
    if decl.name != driver.object:
        raise WireError(
            f"{place(decl)}: driver object is named '{decl.name}', wanted '{driver.object}'"
        )
    if "static" in decl.storage:
        raise WireError(f"{place(decl)}: {decl.name} is static, wanted it exported")
    return decl, unit


def _class(node: Node) -> str:
    name = identifier(node) or ""
    if not name.startswith(CLASS_PREFIX):
        raise WireError(f"{place(node)}: .class is not named, wanted one of {CLASS_PREFIX}*")
    return name.removeprefix(CLASS_PREFIX).lower().replace("_", "-")


def _compatible(node: Node, unit: Node) -> tuple[str, ...]:
    """Read the strings of the match table that ``.match`` names, up to the terminating entry."""
    name = identifier(node)
    if name is None:
        raise WireError(f"{place(node)}: .match is not a name, wanted that of an array")
    table = array_of(unit, ENTRY, name)
    if table is None:
        raise WireError(
            f"{place(node)}: match table '{name}' not found, wanted an array of struct {ENTRY} here"
        )
    names = field_names(unit, ENTRY)
    strings = [_entry(entry, names) for entry in table.init.exprs]
    strings += [None] if length_of(table) > len(strings) else []
    if None not in strings:
        raise WireError(f"{place(table)}: match table '{name}' has no end, wanted a last '{{ 0 }}'")
    end = strings.index(None)
    if end != len(strings) - 1:
        after = table.init.exprs[end + 1]
        raise WireError(f"{place(after)}: entry after the end of '{name}', wanted none")
    return tuple(one for one in strings if one is not None)


def _entry(entry: Node, names: Sequence[str]) -> str | None:
    """Read one entry's compatible string; ``None`` for the terminating entry."""
    if not isinstance(entry, c_ast.InitList):
        raise WireError(f"{place(entry)}: entry is not a plain '{{ ... }}', wanted one")
    node = fields_of(entry, names).get("compatible")
    if node is None or is_null(node):
        return None
    text = string(node)
    if text is None:
        raise WireError(f"{place(node)}: .compatible is computed, wanted a string literal")
    return text
