"""What `ukdrivers build` costs when there is nothing to do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import Figure, cpu_seconds, medians, run

if TYPE_CHECKING:
    from collections.abc import Iterator


def figures(folder: str) -> Iterator[Figure]:
    board = os.path.join(folder, "virt.dtb")
    machine = f"virt,gic-version=2,dumpdtb={board}"
    run(["qemu-system-aarch64", "-M", machine, "-cpu", "cortex-a53", "-m", "64", "-nodefaults"])
    output = os.path.join(folder, "noop")
    build = [sys.executable, "-m", "ukdrivers", "build", board, "--app", "hello", "-o", output]
    run(build)

    empty = os.path.join(folder, "Makefile.empty")
    with open(empty, "w", encoding="ascii") as file:
        file.write("all:\n")
    built, asked, nothing = medians(
        lambda: cpu_seconds(build),
        lambda: cpu_seconds(["make", "-q", "-f", empty]),
        lambda: cpu_seconds([sys.executable, "-c", "pass"]),
        rounds=15,
    )
    yield Figure(
        name="no-op ukdrivers build, CPU over make -q of an empty Makefile",
        value=(built - asked) * 1000,
        unit="ms",
        target=150,
    )
    yield Figure(name="the same over python -c pass", value=built / nothing, unit="times")
