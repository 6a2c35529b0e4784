"""Boards for tests: written in place as a root node's body, or stored in data/boards."""

from __future__ import annotations

import os
import subprocess

from ukdrivers.board import from_blob, read_board
from ukdrivers.model import Board, Node, Region

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")


def compiled(body: str) -> bytes:
    """Compile a root node's body; what dtc's checks say against it does not count."""
    return subprocess.run(
        ["dtc", "-q", "-f", "-I", "dts", "-O", "dtb"],
        input=f"/dts-v1/;\n/ {{\n{body}\n}};\n".encode(),
        capture_output=True,
        check=True,
    ).stdout


def board_of(body: str) -> Board:
    return from_blob(compiled(body), source="x.dts")


def stored(name: str) -> Board:
    return read_board(os.path.join(BOARDS, name))


def nodes_of(board: Board) -> dict[str, Node]:
    return {node.path: node for node in board.nodes}


def regions(*pairs: tuple[int, int]) -> tuple[Region, ...]:
    return tuple(Region(base=base, size=size) for base, size in pairs)
