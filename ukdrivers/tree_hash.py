"""Tree hash: a number by which an image tells whether it was given the tree that was built in.

In:  a flattened device tree (from :mod:`ukdrivers.board`).
Out: 64 bits (to :mod:`ukdrivers.fixed`).

The kit's ``fixed/check.c`` works out the same.
"""

from __future__ import annotations

import struct

from ukdrivers.fdt import BEGIN_NODE, END, END_NODE, NOP, PROP

__all__ = ["tree_hash"]

#: children of the root that boot loaders fill in anew each time
LEFT_OUT = (b"chosen", b"secure-chosen")

START = 0xCBF29CE484222325
PRIME = 0x100000001B3
MASK = (1 << 64) - 1


def tree_hash(blob: bytes) -> int:
    """Hash the names, sizes and values of a tree, all but those that boot loaders fill in.

    FNV-1a over little-endian words: that of a name in the strings block, and what is left of a
    value behind the last word, byte by byte.

    :param blob: a tree that :mod:`ukdrivers.fdt` has read

    Source: RFC 9923, section 5 (the constants); Devicetree Specification v0.4, 5.2, 5.4.
    """
    structure, strings = struct.unpack_from(">2I", blob, 8)
    value, depth, skipped, at = START, 0, 0, structure
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == END:
            return value
        if token == NOP:
            continue
        words = []
        value = value if skipped else _hashed(value, [token])
        if token == BEGIN_NODE:
            depth += 1
            name = blob[at : blob.index(b"\0", at)]
            if depth == 2 and not skipped and name in LEFT_OUT:  # noqa: PLR2004 - below the root
                skipped = depth
            end = at + (len(name) // 4 + 1) * 4
            words = _words(blob[at:end])
            at = end
        elif token == PROP:
            size, offset = struct.unpack_from(">2I", blob, at)
            at += 8
            name = blob[strings + offset : blob.index(b"\0", strings + offset)]
            words = [*name, size, *_words(blob[at : at + size])]
            at += (size + 3) // 4 * 4
        elif token == END_NODE:
            skipped = 0 if skipped == depth else skipped
            depth -= 1
        value = value if skipped else _hashed(value, words)


def _words(data: bytes) -> list[int]:
    whole = len(data) // 4 * 4
    return [*struct.unpack(f"<{whole // 4}I", data[:whole]), *data[whole:]]


def _hashed(value: int, words: list[int]) -> int:
    for word in words:
        value = (value ^ word) * PRIME & MASK
    return value
