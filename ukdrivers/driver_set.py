"""Driver set: the drivers that a maintainer chose for a platform, and the boards they are for.

In:  a TOML file (from the command line).
Out: :class:`DriverSet` (to :mod:`ukdrivers.cover`).
"""

from __future__ import annotations

import fnmatch
import os
import tomllib
from typing import TYPE_CHECKING, cast

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ukdrivers.bounded import read_bounded
from ukdrivers.errors import UsageError
from ukdrivers.packages import Catalogues
from ukdrivers.rules import is_name, printable, quoted
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ukdrivers.installed import Driver

__all__ = ["DriverSet", "Wanted", "chosen", "read_driver_set"]

_BYTES_MAX = 1 << 20


class Wanted(Value):
    """A driver that a set asks for."""

    name: str
    versions: str  #: of its distribution, as a version specifier; empty: any

    @property
    def text(self) -> str:
        """As the file has it: ``gicv3>=1.2,<2``."""
        return f"{self.name}{self.versions}"

    def fits(self, version: str) -> bool:
        """Whether a version of the driver is one of those."""
        return SpecifierSet(self.versions).contains(version, prereleases=True)


class DriverSet(Value):
    """What a maintainer wants to build from."""

    path: str  #: of the file
    name: str
    platform: str
    host: str | None  #: whose own drivers count, too
    drivers: tuple[Wanted, ...]  #: the earlier, the better, where two list the same string
    boards: tuple[str, ...]  #: that it must cover: absolute paths, or ``qemu:…``
    ignore: Mapping[str, str]  #: why a node needs no driver, by a pattern of paths

    def ignored(self, path: str) -> str | None:
        """Return why a node needs no driver; none: it does."""
        for pattern, reason in self.ignore.items():
            if fnmatch.fnmatchcase(path, pattern):
                return reason
        return None


def read_driver_set(path: str) -> DriverSet:
    """Read a driver set.

    ::

        [set]
        name     = "arm-servers"
        platform = "kvm"
        host     = "base"
        drivers  = ["gicv3>=0.1,<1", "pl011", "virtio-mmio"]
        boards   = ["qemu:virt,gic-version=3", "boards/acme.dtb"]

        [ignore]
        "/flash@*" = "the image is not in flash memory"

    :raises UsageError: it can't be read, or a key is missing, unknown or of the wrong kind
    """
    tables = _tables(path)
    unknown = sorted(tables.keys() - {"set", "ignore"})
    if unknown or not isinstance(tables.get("set"), dict):
        raise UsageError(f"{path}: {_found(unknown)}, wanted tables [set] and [ignore]")
    table = cast("dict[str, object]", tables["set"])
    unknown = sorted(table.keys() - {"name", "platform", "host", "drivers", "boards"})
    if unknown:
        keys = "name, platform, host, drivers and boards"
        raise UsageError(f"{path}: set: has {quoted(unknown[0])}, wanted {keys}")
    host = _text(path, table, "host") if "host" in table else None
    folder = os.path.dirname(os.path.abspath(path))
    return DriverSet(
        path=path,
        name=_text(path, table, "name"),
        platform=_text(path, table, "platform"),
        host=host,
        drivers=tuple(_wanted(path, one) for one in _texts(path, table, "drivers")),
        boards=tuple(
            one if one.startswith("qemu:") else os.path.join(folder, one)
            for one in (_texts(path, table, "boards") if "boards" in table else ())
        ),
        ignore=_ignore(path, tables.get("ignore", {})),
    )


def chosen(
    driver_set: DriverSet, installed: Sequence[Driver], catalogues: Catalogues | None = None
) -> tuple[list[Driver], list[str]]:
    """Return the drivers of a set that are installed, in its order, and what is wrong with the rest.

    :param catalogues: of what isn't installed; none: those that are always there
    :returns: drivers; and a line for each that is missing or of another version, with what mends it
    """
    driver_by_name = {one.name: one for one in installed}
    catalogues = catalogues or Catalogues(installed)
    found, wrong = [], []
    for wanted in driver_set.drivers:
        driver = driver_by_name.get(wanted.name)
        if driver is not None and wanted.fits(driver.version):
            found.append(driver)
            continue
        there = f"{driver.version} is installed" if driver else "not installed"
        line = f"{wanted.name}: {there}, wanted {wanted.text}"
        wrong.append(f"{line}; {_change(wanted, driver, catalogues)}")
    return found, wrong


def _change(wanted: Wanted, driver: Driver | None, catalogues: Catalogues) -> str:
    """Return what makes a driver one that the set asks for."""
    for package in catalogues.of_driver(wanted.name):
        if package.version and wanted.fits(package.version):
            return f"pip install '{package.distribution}{wanted.versions}'"
    other = f"; the set could say {wanted.name}>={driver.version}" if driver else ""
    return f"no known package is {wanted.text}{other}"


def _tables(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(read_bounded(path, _BYTES_MAX).decode())
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file, wanted a driver set") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {printable(str(error))}, wanted TOML") from error


def _found(unknown: list[str]) -> str:
    return f"has {quoted(unknown[0])}" if unknown else "has no table [set]"


def _text(path: str, table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{path}: set.{key}: is {_kind(value)}, wanted text")
    return printable(value)


def _texts(path: str, table: Mapping[str, object], key: str) -> list[str]:
    value = table.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{path}: set.{key}: is {_kind(value)}, wanted a list of texts")
    return [printable(one) for one in value]


def _kind(value: object) -> str:
    return "missing" if value is None else type(value).__name__


def _wanted(path: str, text: str) -> Wanted:
    at = next((at for at, letter in enumerate(text) if letter in "<>=!~ "), len(text))
    name, versions = text[:at], text[at:].strip()
    try:
        SpecifierSet(versions)
    except InvalidSpecifier as error:
        raise UsageError(f"{path}: set.drivers: {quoted(text)}: {error}") from error
    if not is_name(name):
        raise UsageError(f"{path}: set.drivers: {quoted(text)}, wanted a driver, 'gicv3>=1,<2'")
    return Wanted(name=name, versions=versions)


def _ignore(path: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: ignore: is {_kind(table)}, wanted a table")
    for pattern, reason in table.items():
        if not pattern.startswith("/") or not isinstance(reason, str) or not reason:
            wanted = "wanted a path of nodes and a reason"
            raise UsageError(f"{path}: ignore: {quoted(pattern)} = {quoted(str(reason))}, {wanted}")
    return {printable(one): printable(reason) for one, reason in table.items()}
