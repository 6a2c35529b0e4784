"""Images for a driver under test: each built once in a run, by the program itself.

The program runs as a process of its own: suites run beside each other, and Kconfig's variables are
those of a whole process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from ukdrivers.errors import BuildError
from ukdrivers.output import Output, read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["build", "program", "search_path"]


def build(
    subject: Subject,
    settings: Settings,
    *,
    app: str,
    board: str,
    values: Mapping[str, str] | None = None,
) -> Output:
    """Build an image with the driver in it and its rivals left out, unless it is there already.

    Takes a slot.

    :param app: folder of an application, or the name of one of the host's
    :param board: a file or ``qemu:…``
    :param values: of Kconfig symbols
    :returns: the output folder
    :raises BuildError: with what the program said
    """
    wanted = {subject.driver.symbol: "y", **dict.fromkeys(_rivals(subject), "n"), **(values or {})}
    key = repr((subject.driver.root, app, board, sorted(wanted.items())))
    name = f"{os.path.basename(app)}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    output = Output(folder=os.path.join(settings.folder, "images", name))
    with settings.locks.setdefault(output.folder, threading.Lock()):
        record = read_record(output)
        if record is None or record.image is None:
            sets = [part for pair in wanted.items() for part in ("--set", "=".join(pair))]
            _build(subject, settings, (board, "--app", app, *sets), output)
    return output


def _build(subject: Subject, settings: Settings, arguments: Sequence[str], output: Output) -> None:
    """Build in the folder that all images share, since most of their objects are the same.

    What came of it is copied out. No choice of an earlier image is kept there.
    """
    place = Output(folder=settings.building or os.path.join(settings.folder, "building"))
    with settings.locks.setdefault(place.folder, threading.Lock()):
        for path in (place.config, place.record):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        program(subject, settings, "build", *arguments, "-o", place.folder)
        record = read_record(place)
        assert record is not None  # noqa: S101 - a build that succeeds leaves one
        assert record.image is not None  # noqa: S101
        os.makedirs(output.folder, exist_ok=True)
        for path in (place.config, place.board, record.image.path, record.image.elf):
            shutil.copy2(path, output.folder)
    path, elf = (
        os.path.join(output.folder, os.path.basename(one))
        for one in (record.image.path, record.image.elf)
    )
    image = dataclasses.replace(record.image, path=path, elf=elf)
    write_record(output, dataclasses.replace(record, image=image))


def program(subject: Subject, settings: Settings, *arguments: str) -> str:
    """Run this program where it finds the driver under test. Takes a slot.

    :returns: what it printed
    :raises BuildError: it failed; with what it said
    """
    with settings.slot():
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ukdrivers", *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search_path(subject), "NO_COLOR": "1"},
        )
    if done.returncode:
        raise BuildError(_complaint(done.stderr) or f"ukdrivers {arguments[0]}: no reason given")
    return done.stdout


def search_path(subject: Subject) -> str:
    """Return a ``PYTHONPATH`` on which the driver under test is found, and what is found here."""
    return os.pathsep.join([*subject.path, *(one for one in sys.path if one)])


def _rivals(subject: Subject) -> list[str]:
    """List the symbols of other drivers that would take the same devices."""
    ours = subject.driver
    return [
        one.symbol
        for one in subject.registry.drivers
        if one.name != ours.name
        and not set(ours.compatible).isdisjoint(one.compatible)
        and set(ours.platforms) & set(one.platforms)
        and set(ours.arch) & set(one.arch)
    ]


def _complaint(text: str) -> str:
    """Return the last thing the program complained of, without its hint."""
    lines = [line for line in text.splitlines() if line.startswith("ukdrivers: ")]
    return lines[-1].removeprefix("ukdrivers: ") if lines else text.strip()
