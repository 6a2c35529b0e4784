"""Drivers of ours for the conformance kit's suites, as they are and with something wrong."""

from __future__ import annotations

import os
import shutil
import threading
from typing import TYPE_CHECKING

from ukdrivers.conformance import subject
from ukdrivers.conformance.model import Settings
from ukdrivers.registry import discover

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from ukdrivers.conformance.model import Subject

__all__ = ["found", "settings", "wrong"]


def found(name: str, folder: pathlib.Path) -> Subject:
    """Return an installed driver of this repository."""
    (one,) = subject.find(name, discover(), site=str(folder / "site"))
    return one


def settings(folder: pathlib.Path, building: pathlib.Path) -> Settings:
    """Return how suites are run: images in the one folder, made in the other, which is kept."""
    slots = threading.Semaphore(2)
    return Settings(folder=str(folder), building=str(building), jobs=2, slots=slots, timeout=60)


def wrong(
    name: str, folder: pathlib.Path, source: str, changes: Sequence[tuple[str, str]]
) -> Subject:
    """Return a copy of a driver with changes to one of its sources.

    :param changes: text that it has once, and what takes its place
    """
    sound = found(name, folder)
    assert sound.folder
    copy = folder / "wrong"
    shutil.copytree(sound.folder, copy)
    path = copy / os.path.relpath(sound.driver.root, sound.folder) / "c" / source
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return subject.moved(sound, folder=str(copy), site=str(folder / "moved"))
