"""What echoing one frame costs in a stock Unikraft tree: with our drivers, and with its own.

``UKDRIVERS_UNIKRAFT`` names the tree. The application counts its own instructions, which is exact
under ``-icount shift=0``; assertions are off. Frames a second are taken in turn, without counting.
The tree's driver leaves the device's header in the length of a frame: the application takes it off.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import Figure
from tests.net_echo import command, echo, frames_of, wait_for_hello
from tests.net_guest import MODERN, booted
from tests.unikraft_image import TREE, image_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["figures"]

SIZES = (64, 512, 1514)
FRAMES = {b"poll": 6400, b"wait": 1000}
IN_FLIGHT = {b"poll": 32, b"wait": 1}
TARGETS = {b"poll": 999, b"wait": 1799}
NAMES = {b"poll": "polling, 32 in flight, mean", b"wait": "interrupts, 1 in flight, median"}
LINE = re.compile(r"^bench: \w+: (\d+) frames, (\d+) instructions, median (\d+)$", re.MULTILINE)

TIMED = {"size": 64, "count": 40_000, "window": 32, "rounds": 7}
#: of the frames a second with the tree's driver
FASTER = 1.2

VALUES = ("LIBUKDEBUG_ENABLE_ASSERT=n", "LIBNOLIBC_UKDEBUG_ASSERT=n")
STOCK = tuple(f"LIBUKDRIVER_VIRTIO_{one}=n" for one in ("NET", "BLK", "MMIO", "PCI"))
COUNTING = ("-icount", "shift=0,sleep=off")

#: an image, and control frames to begin with
Subject = tuple[str, tuple[bytes, ...]]


def figures(folder: str) -> Iterator[Figure]:
    if not TREE:
        sys.stderr.write("unikraft_net: skipped: UKDRIVERS_UNIKRAFT names no tree\n")
        return
    ours: Subject = image_of("echo", os.path.join(folder, "ours"), *VALUES), ()
    theirs: Subject = image_of("echo", os.path.join(folder, "theirs"), *VALUES, *STOCK), (b"trim",)
    for name, subject in (("", ours), (", the tree's driver", theirs)):
        for mode, size, instructions in _costs(subject):
            yield Figure(
                name=f"Unikraft: echo of a frame of {size} bytes, virtio-mmio, {NAMES[mode]}{name}",
                value=round(instructions, 1),
                unit="instructions",
                target=None if name else TARGETS[mode],
            )
    yield from _timed(ours, theirs)


def _costs(subject: Subject) -> Iterator[tuple[bytes, int, float]]:
    image, words = subject
    wanted = [(mode, size) for mode in FRAMES for size in SIZES]
    with booted(image, extra=(*MODERN, *COUNTING)) as guest:
        [link] = guest.links
        mac = wait_for_hello(link)
        for word in words:
            command(link, word)
        for mode, size in wanted:
            command(link, mode)
            outcome = echo(link, frames_of(size, FRAMES[mode], mac), window=IN_FLIGHT[mode])
            if not outcome.is_clean:
                sys.exit(f"{image}: {outcome}, wanted every frame back")
        command(link, b"stop")
        found = LINE.findall(guest.ended())
    for (mode, size), (frames, total, median) in zip(wanted, found, strict=True):
        yield mode, size, int(total) / int(frames) if mode == b"poll" else float(median)


def _timed(ours: Subject, theirs: Subject) -> Iterator[Figure]:
    taken = [(_per_second(ours), _per_second(theirs)) for _ in range(TIMED["rounds"])]
    our, their = (statistics.median(column) for column in zip(*taken, strict=True))
    name = f"Unikraft: frames of {TIMED['size']} bytes a second, polling"
    yield Figure(name=name, value=our, unit="frames/s")
    yield Figure(name=f"{name}, the tree's driver", value=their, unit="frames/s")
    yield Figure(
        name=f"{name}: the tree's over ours",
        value=their / our,
        unit="ratio",
        target=round(1 / FASTER, 3),
    )


def _per_second(subject: Subject) -> float:
    image, words = subject
    with booted(image, extra=MODERN) as guest:
        [link] = guest.links
        frames = frames_of(TIMED["size"], TIMED["count"], wait_for_hello(link))
        for word in words:
            command(link, word)
        outcome = echo(link, frames, window=TIMED["window"])
        if not outcome.is_clean:
            sys.exit(f"{image}: {outcome}, wanted every frame back")
        command(link, b"stop")
        guest.ended()
    return len(frames) / outcome.seconds
