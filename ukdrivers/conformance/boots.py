"""Suite ``boot``: an image with the driver is built, boots, binds its devices and powers off."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from ukdrivers.board import read_board
from ukdrivers.conformance import images
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.errors import UkdriversError
from ukdrivers.pipeline import boot_image, choose, match_board
from ukdrivers.request import find_target
from ukdrivers.script import expect
from ukdrivers.tools import CROSS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Subject
    from ukdrivers.model import Board
    from ukdrivers.output import Output

__all__ = ["SUITE"]

QEMU = "qemu-system-aarch64"
PAGE = "docs/write-a-driver.md, Build it and boot it"
BUILDS = Check(name="builds", wants="an image with the driver that links", source=PAGE)
ENDS = Check(name="ends", wants="the image to say hello and to power off", source=PAGE)
BINDS = Check(name="binds", wants="a device of the board to be bound to the driver", source=PAGE)
CLEAN = Check(
    name="clean",
    wants="no access that the machine calls an error",
    source="QEMU's manual, Invocation, -d guest_errors,unimp",
)
DISK = ("-blockdev", "null-co,node-name=d")
#: QEMU's arguments for a device with this compatible string, where a machine has none by itself
DEVICES = {
    "virtio,mmio": (*DISK, "-device", "virtio-blk-device,drive=d"),
    "virtio,device1": ("-netdev", "hubport,hubid=0,id=n", "-device", "virtio-net-device,netdev=n"),
    "virtio,device2": (*DISK, "-device", "virtio-blk-device,drive=d"),
    "pci1af4,1042": (*DISK, "-device", "virtio-blk-pci,drive=d"),
    "pciclass,070002": ("-chardev", "null,id=c", "-device", "pci-serial,chardev=c"),
}
BOARDS = ("qemu:virt,gic-version=2", "qemu:virt,gic-version=3")


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    """Build one image with what any of the boards needs, and boot it on each."""
    sources = settings.boards or BOARDS
    start = time.monotonic()
    try:
        with settings.slot():
            boards = [read_board(one) for one in sources]
        needed = {name: "y" for board in boards for name in _needed(subject, board)}
        output = images.build(subject, settings, app="hello", board=sources[0], values=needed)
    except UkdriversError as error:
        yield _result(BUILDS, start, found=str(error))
        return
    yield _result(BUILDS, start)
    for board in boards:
        settings.on_progress(f"boot: {board.source}")
        yield from _boot(subject, settings, output, board)


def _needed(subject: Subject, board: Board) -> list[str]:
    """List the symbols of the drivers that a board needs besides the one under test."""
    target = find_target(subject.registry)
    selected = choose(target, board, match_board(target, board)).selected
    return [one.driver.symbol for one in selected if one.driver in subject.registry.drivers]


def _result(check: Check, start: float, *, where: str = "", found: str = "") -> Result:
    return Result(
        suite="boot",
        check=check,
        status="failed" if found else "passed",
        where=where,
        found=found,
        seconds=time.monotonic() - start,
    )


def _boot(subject: Subject, settings: Settings, output: Output, board: Board) -> Iterator[Result]:
    start, where = time.monotonic(), board.source
    plugged = [DEVICES[one] for one in subject.driver.compatible if one in DEVICES][:1]
    log = os.path.join(output.folder, "qemu.log")
    texts: list[str] = []
    found = ""
    try:
        with settings.slot():
            boot_image(
                output,
                script=[expect("^hello$", where="boot")],
                timeout=settings.timeout,
                on_text=texts.append,
                board=where,
                extra=(
                    "-d",
                    "guest_errors,unimp",
                    "-D",
                    log,
                    *(part for one in plugged for part in one),
                ),
            )
    except UkdriversError as error:
        found = str(error)
    yield _result(ENDS, start, where=where, found=found)
    if plugged or _has_device(subject, board):
        unbound = _unbound(subject.driver.name, "".join(texts))
        yield _result(BINDS, start, where=where, found=unbound)
    yield _result(CLEAN, start, where=where, found=_first_line(log))


def _has_device(subject: Subject, board: Board) -> bool:
    """Whether the board's tree has a device for the driver; what a bus finds is not there."""
    target = find_target(subject.registry)
    return any(
        subject.driver.name in {rival.driver.name for rival in one.rivals}
        for one in match_board(target, board).found
    )


def _unbound(name: str, console: str) -> str:
    """Return what the driver said instead of the line that says that a device is bound."""
    lines = [one for one in console.splitlines() if one.startswith(f"{name} ")]
    if any(re.match(r"\S+ \S+: (?:0x[0-9a-f]+\+0x|irq \d|bound$)", one) for one in lines):
        return ""
    return f"'{lines[-1]}'" if lines else "no line of the driver's"


def _first_line(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline().strip()


SUITE = Suite(
    name="boot",
    run=_run,
    needs=("make", f"{CROSS}gcc", f"{CROSS}ld", f"{CROSS}objcopy", QEMU),
)
