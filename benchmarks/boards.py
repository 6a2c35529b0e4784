"""How many real boards are read and matched in a second, beside the same walk with pylibfdt."""

from __future__ import annotations

import gc
import glob
import os
import time
import warnings
from typing import TYPE_CHECKING, Any

from benchmarks.harness import ROOT, Figure
from ukdrivers.board import from_blob
from ukdrivers.match import match
from ukdrivers.registry import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOARDS = os.path.join(ROOT, "build", "boards")
ROUNDS = 5


def figures(_: str) -> Iterator[Figure]:
    blobs = []
    for path in sorted(glob.glob(f"{BOARDS}/**/*.dtb", recursive=True)):
        with open(path, "rb") as file:
            blobs.append(file.read())
    drivers = discover().drivers
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import libfdt
    ours = _seconds(blobs, lambda blob: match(drivers, from_blob(blob, source="board")))
    peer = _seconds(blobs, lambda blob: _walk(libfdt, blob))
    yield Figure(
        name=f"{len(blobs)} real boards, read and matched in one process, CPU over pylibfdt's walk",
        value=ours / peer,
        unit="times",
        target=1,
    )
    yield Figure(
        name="the same", value=1000 * ours / len(blobs), unit="ms CPU a board", target=0.71
    )


def _seconds(blobs: list[bytes], read: Callable[[bytes], object]) -> float:
    """Return the least CPU time that all boards took, with the collector off as in the program."""
    taken = []
    gc.disable()
    try:
        for _ in range(ROUNDS):
            start = time.process_time()
            for blob in blobs:
                read(blob)
            taken.append(time.process_time() - start)
    finally:
        gc.enable()
        gc.collect()
    return min(taken)


def _walk(libfdt: Any, blob: bytes) -> list[tuple[str, object, object]]:
    """Return path, compatible and status of every node."""
    tree, quiet = libfdt.FdtRo(blob), [libfdt.NOTFOUND, libfdt.BADOFFSET]
    nodes = []
    names: list[str] = []
    offset = depth = 0
    while offset >= 0 and depth >= 0:
        del names[depth:]
        names.append(tree.get_name(offset))
        compatible = tree.getprop(offset, "compatible", quiet)
        status = tree.getprop(offset, "status", quiet)
        nodes.append(("/".join(names), compatible, status))
        offset, depth = tree.next_node(offset, depth, quiet)
    return nodes
