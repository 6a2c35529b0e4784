"""What echoing one frame costs on the base host: guest instructions, over virtio-mmio.

The guest counts its own with the performance monitor, which is exact under ``-icount shift=0``.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, run
from tests.net_echo import command, echo, frames_of, wait_for_hello
from tests.net_guest import MODERN, booted

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cost", "costs", "figures"]

SIZES = (64, 512, 1514)
FRAMES = {b"poll": 6400, b"wait": 1000}
IN_FLIGHT = {b"poll": 32, b"wait": 1}
TARGETS = {b"poll": 699, b"wait": 1399}
NAMES = {b"poll": "polling, 32 in flight, mean", b"wait": "interrupts, 1 in flight, median"}
LINE = re.compile(
    r"^bench: (\w+): (\d+) frames, (\d+) rounds, (\d+) instructions, median (\d+)$", re.MULTILINE
)

#: mode, size of the frames, instructions of one, frames in a round
Cost = tuple[bytes, int, float, float]


def figures(folder: str) -> Iterator[Figure]:
    for mode, size, instructions, _ in costs(folder):
        yield Figure(
            name=f"echo of a frame of {size} bytes, virtio-mmio, {NAMES[mode]}",
            value=round(instructions, 1),
            unit="instructions",
            target=TARGETS[mode],
        )


def costs(folder: str, gic_version: int = 2) -> Iterator[Cost]:
    """Boot once and count for both modes and all sizes."""
    app = os.path.join(ROOT, "benchmarks", "net_app")
    build = [sys.executable, "-m", "ukdrivers", "build", "qemu:virt,gic-version=2"]
    build += ["--app", app, "--set", "LIBUKDRIVER_GICV3=y", "--json"]
    image = str(json.loads(run([*build, "-o", os.path.join(folder, "net")]))["image"])
    counting = ("-icount", "shift=0,sleep=off")
    wanted = [(mode, size) for mode in FRAMES for size in SIZES]
    with booted(image, gic_version=gic_version, extra=(*MODERN, *counting)) as guest:
        [link] = guest.links
        mac = wait_for_hello(link)
        for mode, size in wanted:
            command(link, mode)
            outcome = echo(link, frames_of(size, FRAMES[mode], mac), window=IN_FLIGHT[mode])
            if not outcome.is_clean:
                sys.exit(f"{image}: {outcome}, wanted every frame back")
        command(link, b"stop")
        found = LINE.findall(guest.ended())
    for (mode, size), (_, frames, rounds, total, median) in zip(wanted, found, strict=True):
        mean = int(total) / int(frames)
        value = mean if mode == b"poll" else float(median)
        yield mode, size, value, int(frames) / int(rounds)
