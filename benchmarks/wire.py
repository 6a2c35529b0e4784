"""What `ukdrivers wire` costs on a tree and plugins that haven't changed."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import Figure, cpu_seconds, medians, run
from tests.unikraft_tree import make_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET_MS = 150


def figures(folder: str) -> Iterator[Figure]:
    base = pathlib.Path(folder)
    app = base / "app"
    app.mkdir()
    (app / "Makefile.uk").write_text("$(eval $(call addlib,appempty))\n")
    trees = {"a small tree of our own": make_tree(base / "tree", "staging")}
    if stock := os.environ.get("UKDRIVERS_UNIKRAFT"):
        trees["the tree UKDRIVERS_UNIKRAFT names"] = stock
    for number, (name, tree) in enumerate(trees.items()):
        output = str(base / f"wired{number}")
        command = [sys.executable, "-m", "ukdrivers", "wire", "--unikraft", tree]
        command += ["--app", str(app), "-o", output]
        run(command)
        (seconds,) = medians(lambda command=command: cpu_seconds(command), rounds=21)  # type: ignore[misc]
        yield Figure(
            name=f"wire, nothing changed, {name}, CPU",
            value=1000 * seconds,
            unit="ms",
            target=TARGET_MS,
        )
