"""Fuzz target: any bytes end in a board or in a BoardError that names the source."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["ukdrivers"]):
    from ukdrivers.board import from_blob
    from ukdrivers.errors import BoardError


def one(data: bytes) -> None:
    message = refusal(data)
    assert message is None or message.startswith(("fuzz: offset 0x", "fuzz: /")), message
    assert message is None or message.isprintable(), message


def refusal(data: bytes) -> str | None:
    """Return what is said of a tree that is refused; None when there is a board."""
    try:
        board = from_blob(data, source="fuzz")
    except BoardError as error:
        return str(error)
    assert all(node.path.startswith("/") for node in board.nodes)
    return None


atheris.Setup(sys.argv, one)
atheris.Fuzz()
