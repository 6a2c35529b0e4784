"""Fuzz target: any bytes end in a board or in a BoardError that names the source."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["ukdrivers"]):
    from ukdrivers.board import from_blob
    from ukdrivers.errors import BoardError
    from ukdrivers.match import match


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
    for node in board.nodes:  # worked out when asked for; what is wrong is then said of the node
        assert node.enabled or not node.fault
        assert not node.fault or not (node.regions or node.interrupts)
        assert node.fault.isprintable()
    match((), board)
    return None


atheris.Setup(sys.argv, one)
atheris.Fuzz()
