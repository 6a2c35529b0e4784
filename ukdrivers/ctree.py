"""Ctree: questions about one parsed C file.

In:  preprocessed text (from :mod:`ukdrivers.preprocess`).
Out: declarations, initialisers and literals (to :mod:`ukdrivers.source`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from ukdrivers.diagnostics import shortened
from ukdrivers.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "Node",
    "array_of",
    "exported_names",
    "field_names",
    "fields_of",
    "identifier",
    "is_null",
    "length_of",
    "objects_of",
    "parse",
    "place",
    "string",
]


#: of pycparser's tree, which has no types of its own
Node = Any


def parse(text: str, path: str) -> Node:
    """Parse one preprocessed file.

    :param text: with line markers
    :param path: used for places before the first marker
    :returns: pycparser's tree of the file
    :raises WireError: pycparser can't read it
    """
    try:
        return CParser().parse(text, path)
    except ParseError as error:
        place, message = _place_and_rest(str(error))
        raise WireError(
            f"{shortened(place, path)}: cannot be parsed {message}, wanted C11",
            hint="ranges in designators, `?:` without a middle and nested functions are GNU C",
        ) from error
    except RecursionError as error:
        raise WireError(
            f"{os.path.basename(path)}: nested too deeply to be parsed, wanted C11"
        ) from error


def _place_and_rest(message: str) -> tuple[str, str]:
    """Split pycparser's ``file:line:column: rest``."""
    head, _, rest = message.partition(": ")
    return head.rpartition(":")[0], rest.replace(": ", " ", 1)


def place(node: Node) -> str:
    """Say where a node is, as ``file:line`` without the folder."""
    coord = node.coord
    while coord is None:
        _, node = node.children()[-1]
        coord = node.coord
    return f"{os.path.basename(coord.file)}:{coord.line}"


def exported_names(unit: Node) -> tuple[str, ...]:
    """List the functions and objects that a file defines for the linker to see.

    Attributes are gone by now, so an alias that one makes isn't found.

    :param unit: a parsed file
    :returns: names in order of first definition

    Source: ISO C11, 6.2.2 (linkage), 6.7.4 (``inline``), 6.9.2 (tentative definitions).
    """
    static: set[str] = set()
    outside: set[str] = set()
    defined: dict[str, None] = {}
    for decl, is_definition in _declarations(unit):
        if "static" in decl.storage:
            static.add(decl.name)
        if "inline" not in decl.funcspec or "extern" in decl.storage:
            outside.add(decl.name)
        if is_definition:
            defined[decl.name] = None
    return tuple(name for name in defined if name in outside and name not in static)


def _declarations(unit: Node) -> Iterator[tuple[Node, bool]]:
    """Yield each named declaration at file scope, and whether it defines what it names."""
    for node in unit.ext:
        if isinstance(node, c_ast.FuncDef):
            yield node.decl, True
        elif isinstance(node, c_ast.Decl) and node.name is not None:
            is_function = isinstance(node.type, c_ast.FuncDecl)
            is_reference = "extern" in node.storage and node.init is None
            yield node, not is_function and not is_reference


def objects_of(unit: Node, struct: str) -> list[Node]:
    """List the initialised objects at file scope that are of one structure type.

    :param unit: a parsed file
    :param struct: the structure's tag
    """
    return [
        decl
        for decl, _ in _declarations(unit)
        if decl.init is not None and _tag(decl.type) == struct
    ]


def _tag(node: Node) -> str | None:
    """Name the structure that a plain (not array, not pointer) declaration is of."""
    if isinstance(node, c_ast.TypeDecl) and isinstance(node.type, c_ast.Struct):
        tag: str | None = node.type.name
        return tag
    return None


def array_of(unit: Node, struct: str, name: str) -> Node | None:
    """Find an array of structures that is defined with a list of initialisers.

    :param unit: a parsed file
    :param struct: tag of the elements
    :param name: of the array
    :returns: its declaration; ``None`` when the file has no such array
    """
    for decl, _ in _declarations(unit):
        is_array = isinstance(decl.type, c_ast.ArrayDecl) and _tag(decl.type.type) == struct
        if decl.name == name and is_array and isinstance(decl.init, c_ast.InitList):
            return decl
    return None


def length_of(array: Node) -> int:
    """Read the length an array is declared with; 0 when that is left to its initialiser."""
    dim = array.type.dim
    return int(dim.value, 0) if isinstance(dim, c_ast.Constant) and dim.type == "int" else 0


def field_names(unit: Node, struct: str) -> tuple[str, ...]:
    """List the fields of a structure that the file defines, in order.

    :param unit: a parsed file
    :param struct: its tag
    :returns: empty when the file doesn't define it
    """
    for node in unit.ext:
        if isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.Struct):
            one = node.type
            if one.name == struct and one.decls:
                return tuple(field.name for field in one.decls)
    return ()


def fields_of(init: Node, names: Sequence[str]) -> Mapping[str, Node]:
    """Pair the values of a braced initialiser with the fields they are for.

    :param init: braces with designated or plain values, or a mixture
    :param names: the structure's fields, in order
    :returns: value by field; a field that isn't set is absent

    Source: ISO C11, 6.7.9 paragraph 17 (a plain value goes to the field after the last one set).
    """
    values: dict[str, Node] = {}
    following = 0
    for item in init.exprs:
        value = item
        if isinstance(item, c_ast.NamedInitializer):
            name = getattr(item.name[0], "name", "")
            following = names.index(name) if name in names else len(names)
            value = item.expr
        if following < len(names):
            values[names[following]] = value
        following += 1
    return values


def string(node: Node) -> str | None:
    """Read a string literal, or several in a row.

    :returns: its text; ``None`` when the expression is anything else
    """
    if not isinstance(node, c_ast.Constant) or node.type != "string":
        return None
    if not node.value.startswith('"'):
        return None
    return str(node.value[1:-1]).encode("latin-1", "backslashreplace").decode("unicode_escape")


def identifier(node: Node) -> str | None:
    """Read a name, the address of a name, or the address of an array's first element.

    :returns: the name; ``None`` when the expression is anything else
    """
    if isinstance(node, c_ast.UnaryOp) and node.op == "&":
        node = node.expr
        if isinstance(node, c_ast.ArrayRef) and is_null(node.subscript):
            node = node.name
    return str(node.name) if isinstance(node, c_ast.ID) else None


def is_null(node: Node) -> bool:
    """Whether an expression is a zero, cast to a pointer or not."""
    while isinstance(node, c_ast.Cast):
        node = node.expr
    return isinstance(node, c_ast.Constant) and node.type == "int" and int(node.value, 0) == 0
