"""Device trees of QEMU's machines with something changed, for an image that is to scan them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ukdrivers.board import read_board
from ukdrivers.fdt import BEGIN_NODE, END, END_NODE, HEADER, MAGIC, PROP, VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Tree", "flat", "tree_of"]

#: properties by path, each node after its parent, in the order of the tree
Tree = dict[str, dict[str, bytes]]

EMPTY_RESERVATIONS = bytes(16)
LAST_COMPATIBLE = 16


def tree_of(machine: str) -> Tree:
    """Return the tree that QEMU gives to a machine.

    :param machine: ``qemu:…``
    """
    return {node.path: dict(node.properties) for node in read_board(machine).nodes}


def flat(tree: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """Return a tree as an image reads it.

    Source: Devicetree Specification v0.4, chapter 5.
    """
    names = sorted({name for properties in tree.values() for name in properties})
    strings, offsets = b"", {}
    for name in names:
        offsets[name] = len(strings)
        strings += name.encode("ascii") + b"\0"
    structure = _node("/", tree, offsets) + struct.pack(">I", END)
    start = HEADER.size + len(EMPTY_RESERVATIONS)
    end = start + len(structure)
    header = HEADER.pack(
        *(MAGIC, end + len(strings), start, end, HEADER.size),
        *(VERSION, LAST_COMPATIBLE, 0, len(strings), len(structure)),
    )
    return header + EMPTY_RESERVATIONS + structure + strings


def _node(path: str, tree: Mapping[str, Mapping[str, bytes]], offsets: Mapping[str, int]) -> bytes:
    name = path.rpartition("/")[2].encode("ascii")
    parts = [struct.pack(">I", BEGIN_NODE), _padded(name + b"\0")]
    for key, value in tree[path].items():
        parts += [struct.pack(">3I", PROP, len(value), offsets[key]), _padded(value)]
    above = path.rstrip("/")
    parts += [
        _node(one, tree, offsets) for one in tree if one != "/" and one.rpartition("/")[0] == above
    ]
    return b"".join([*parts, struct.pack(">I", END_NODE)])


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
