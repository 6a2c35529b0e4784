"""Wheels: what drivers one carries, read out of the file without installing or running it.

In:  a ``.whl`` file (from the command line).
Out: :class:`~ukdrivers.packages.Package` (to a catalogue).

Source: Binary distribution format (PyPA specifications), "File contents"; Entry points, "File format".
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from typing import TYPE_CHECKING

from ukdrivers.distributions import DRIVERS, entries_in
from ukdrivers.errors import UkdriversError, UsageError
from ukdrivers.manifest import MANIFEST, read_manifest
from ukdrivers.packages import Package, plain
from ukdrivers.rules import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.model import Driver

__all__ = ["packages_in"]

FILES_MAX = 10_000
BYTES_MAX = 16 << 20  # of one driver's package, unpacked
METADATA_MAX = 1 << 20


def packages_in(path: str) -> list[Package]:
    """List the drivers that a wheel carries, each manifest checked as if it were installed.

    :raises UsageError: it is no wheel, or carries no driver
    :raises UkdriversError: a manifest breaks a rule
    """
    try:
        with zipfile.ZipFile(path) as wheel:
            found = [_package(driver, path) for driver in _drivers(wheel, path)]
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file, wanted a wheel") from None
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise UsageError(f"{path}: {printable(str(error))}, wanted a wheel") from error
    if not found:
        raise UsageError(f"{path}: has no entry point in group {DRIVERS}, wanted a driver's wheel")
    return found


def _package(driver: Driver, path: str) -> Package:
    return Package(
        distribution=driver.distribution,
        version=driver.version,
        name=driver.name,
        provides=driver.provides,
        requires=driver.requires,
        compatible=driver.compatible,
        platforms=driver.platforms,
        arch=driver.arch,
        source=f"the wheel {os.path.basename(path)}",
    )


def _drivers(wheel: zipfile.ZipFile, path: str) -> Iterator[Driver]:
    names = wheel.namelist()
    if len(names) > FILES_MAX:
        raise UsageError(f"{path}: has {len(names)} files, wanted at most {FILES_MAX}")
    (info,) = {name.partition("/")[0] for name in names if ".dist-info/" in name} or {""}
    if not info:
        raise UsageError(f"{path}: has no .dist-info folder, wanted a wheel")
    if f"{info}/entry_points.txt" not in names:
        return
    name, version = _metadata(_read(wheel, f"{info}/METADATA", METADATA_MAX))
    text = _read(wheel, f"{info}/entry_points.txt", METADATA_MAX).decode()
    for group, _, package in entries_in(text):
        if group == DRIVERS:
            folder = package.replace(".", "/")
            with tempfile.TemporaryDirectory(prefix="ukdrivers-") as scratch:
                _unpack(wheel, folder, scratch, path)
                manifest = os.path.join(scratch, folder, MANIFEST)
                yield read_manifest(manifest, distribution=name, version=version)


def _metadata(data: bytes) -> tuple[str, str]:
    headers = {"name": "", "version": ""}
    for line in data.decode().partition("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        if key.lower() in headers:
            headers[key.lower()] = printable(value)
    return plain(headers["name"]), plain(headers["version"])


def _unpack(wheel: zipfile.ZipFile, folder: str, scratch: str, path: str) -> None:
    """Unpack one package, and nothing that would end up outside of it."""
    left = BYTES_MAX
    for one in wheel.infolist():
        if not one.filename.startswith(f"{folder}/") or one.is_dir():
            continue
        if ".." in one.filename.split("/") or "\\" in one.filename:
            raise UsageError(f"{path}: has a file {printable(one.filename)!r}, wanted none outside")
        data = _read(wheel, one.filename, left)
        left -= len(data)
        place = os.path.join(scratch, one.filename)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data)


def _read(wheel: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a file, however much its own header says that it has."""
    try:
        with wheel.open(name) as file:
            data = file.read(limit + 1)
    except KeyError:
        raise UkdriversError(f"{wheel.filename}: has no {name}") from None
    if len(data) > limit:
        raise ValueError(f"{name} is larger than {limit} bytes")
    return data
