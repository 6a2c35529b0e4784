"""Boards for tests: written in place as a root node's body, or stored in data/boards."""

from __future__ import annotations

import os
import subprocess

from ukdrivers import fdt
from ukdrivers.board import from_blob, read_board
from ukdrivers.model import Board, Node, Region

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")


def compiled(body: str) -> bytes:
    """Compile a root node's body; what dtc's checks say against it does not count."""
    return blob_of(f"/dts-v1/;\n/ {{\n{body}\n}};\n")


def text_of(blob: bytes) -> str:
    """Write a tree as its source."""
    done = subprocess.run(
        ["dtc", "-q", "-I", "dtb", "-O", "dts"], input=blob, capture_output=True, check=True
    )
    return done.stdout.decode()


def blob_of(text: str) -> bytes:
    """Compile a whole source, of which later parts may add to earlier ones."""
    return subprocess.run(
        ["dtc", "-q", "-f", "-I", "dts", "-O", "dtb"],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout


def contents(blob: bytes) -> list[tuple[str, dict[str, bytes]]]:
    """List path and properties of every node of a tree."""
    tree = fdt.parse(blob, source="contents")
    return [(path, tree.properties(index)) for index, path in enumerate(tree.paths)]


def board_of(body: str) -> Board:
    return from_blob(compiled(body), source="x.dts")


def stored(name: str) -> Board:
    return read_board(os.path.join(BOARDS, name))


def nodes_of(board: Board) -> dict[str, Node]:
    return {node.path: node for node in board.nodes}


def regions(*pairs: tuple[int, int]) -> tuple[Region, ...]:
    return tuple(Region(base=base, size=size) for base, size in pairs)
