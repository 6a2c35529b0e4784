"""Literals: C constants, each written once.

In:  bytes, numbers and text (from :mod:`ukdrivers.fixed`).
Out: C text.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Pool", "Rows", "cells", "designated", "quoted"]

CELL_BYTES = 4


def quoted(text: str) -> str:
    """Spell a string literal; what is no printable ASCII becomes a question mark."""
    plain = "".join(one if " " <= one <= "~" or one == "\0" else "?" for one in text)
    for char, spelt in (("\\", "\\\\"), ('"', '\\"'), ("?", "\\?"), ("\0", "\\0")):
        plain = plain.replace(char, spelt)
    return f'"{plain}"'


def cells(values: Sequence[int]) -> list[str]:
    """Spell cells as they stand in a tree."""
    return [f"UKD_CELL({one:#x})" for one in values]


def designated(fields: Mapping[str, str | int]) -> str:
    """Spell initialisers of the fields that aren't empty or 0."""
    return ", ".join(f".{name} = {value}" for name, value in fields.items() if value)


class Rows:
    """Rows of one array; a run of them that is there already isn't added."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self._place_by_run: dict[tuple[str, ...], int] = {}

    def place(self, run: Sequence[str]) -> int:
        """Return the index at which a run of rows begins."""
        key = tuple(run)
        if key not in self._place_by_run:
            self._place_by_run[key] = len(self.rows) if run else 0
            self.rows += run
        return self._place_by_run[key]


class Pool:
    """Constant arrays at file scope; equal ones are one."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._name_by_text: dict[tuple[str, ...], str] = {}
        self._counts: dict[str, int] = {}

    def name(self, kind: str, type_: str, rows: Sequence[str]) -> str:
        """Return the name of an array; empty: it would be."""
        if not rows:
            return ""
        key = (type_, *rows)
        if key not in self._name_by_text:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            name = f"{kind}_{self._counts[kind]}"
            self._name_by_text[key] = name
            body = "".join(f"\t{one},\n" for one in rows)
            self._lines.append(f"\nstatic {type_} {name}[] = {{\n{body}}};\n")
        return self._name_by_text[key]

    def bytes(self, value: bytes) -> str:
        """Return what stands for a property's value, aligned for cells."""
        if len(value) % CELL_BYTES == 0 and not _is_text(value):
            numbers = struct.unpack(f">{len(value) // CELL_BYTES}I", value)
            return self.name("cells", "const uint32_t", cells(numbers)) or '""'
        if _is_text(value):
            rows = [" ".join(quoted(one) for one in _strings(value))]
            return self.name("text", "const _Alignas(uint32_t) char", rows)
        rows = [f"{one:#04x}" for one in value]
        return self.name("bytes", "const _Alignas(uint32_t) unsigned char", rows)

    def lines(self) -> list[str]:
        """Return all arrays, each before what names it."""
        return self._lines


def _strings(value: bytes) -> list[str]:
    """Split a list of strings; the last one's end is the literal's own."""
    *first, last = value[:-1].decode("ascii").split("\0")
    return [*(f"{one}\0" for one in first), last]


def _is_text(value: bytes) -> bool:
    if not value.endswith(b"\0") or not value.isascii():
        return False
    strings = value[:-1].decode("ascii").split("\0")
    return all(one and one.isprintable() for one in strings)
