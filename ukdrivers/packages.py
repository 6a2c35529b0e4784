"""Packages: which of those that are known, but not installed, would bring what is missing.

In:  catalogues: the one shipped with ukdrivers, those of installed wheels, and the user's own.
Out: how to install what is missing (to :mod:`ukdrivers.select`, :mod:`ukdrivers.why` and the
     command line).

A catalogue is a TOML file with a table for each distribution::

    [[package]]
    distribution = "ukdriver-acme-uart"
    version      = "1.4.2"             # newest known; optional
    name         = "acme-uart"         # of the driver; optional
    provides     = ["console@1"]
    requires     = ["clock@1"]         # optional, as all that follows
    compatible   = ["acme,uart-v2", "acme,uart"]
    platforms    = ["kvm"]
    arch         = ["arm64"]

They are only read when something is missing, and only those that mention it are parsed.
"""

from __future__ import annotations

import os

from ukdrivers.errors import UsageError
from ukdrivers.rules import printable, quoted
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from ukdrivers.model import Driver, Node, Platform

__all__ = ["Catalogues", "Package", "own_catalogue", "plain", "read_catalogue"]

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalogue.toml")
PREFIX = "ukdriver-"
_BYTES_MAX = 8 << 20
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._+!")
_LISTS = ("provides", "requires", "compatible", "platforms", "arch")


class Package(Value):
    """A distribution that is known to carry a driver."""

    distribution: str
    version: str  #: the newest that is known; empty: not known
    name: str  #: of the driver
    provides: tuple[str, ...]
    compatible: tuple[str, ...]
    source: str  #: who says so
    requires: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()  #: empty: not known
    arch: tuple[str, ...] = ()  #: empty: not known

    @property
    def install(self) -> str:
        """The command that installs it."""
        return f"pip install {self.requirement}"

    @property
    def requirement(self) -> str:
        """What to ask pip for: this version or a later compatible one."""
        major = self.version.partition(".")[0]
        if not major.isdigit():
            return self.distribution
        return f"'{self.distribution}>={self.version},<{int(major) + 1}'"

    def fits(self, platform: Platform, arch: str) -> bool:
        """Whether nothing is known that keeps it from an image for a platform."""
        on_platform = not self.platforms or platform.name in self.platforms
        return on_platform and (not self.arch or arch in self.arch)

    def driver(self, platform: Platform, arch: str) -> Driver:
        """Return the driver that it would bring, as far as that decides what is selected.

        What isn't known of it is taken to be as it should for *platform* and *arch*.
        """
        from ukdrivers.installed import Driver

        return Driver(
            name=self.name,
            summary="",
            class_="",
            arch=self.arch or (arch,),
            platforms=self.platforms or (platform.name,),
            compatible=self.compatible,
            sources=(),
            config=None,
            provides=self.provides,
            requires=self.requires,
            kit="",
            replaces=(),
            root="",
            distribution=self.distribution,
            version=self.version,
        )


class Catalogues:
    """What the known catalogues say of packages that aren't installed, or only in an older version.

    :param installed: drivers
    :param paths: of the catalogues of installed wheels
    """

    def __init__(self, installed: Iterable[Driver], paths: Sequence[str] = ()) -> None:
        self._paths = (SHIPPED, *paths, own_catalogue())
        self._data: dict[str, bytes] = {}
        self._packages: dict[str, list[Package]] = {}
        self._version_by_distribution = {one.distribution: one.version for one in installed}

    def providing(self, interface: str) -> Iterator[Package]:
        """Yield the packages that provide an interface."""
        return (one for one in self._with(interface) if interface in one.provides)

    def of(self, node: Node) -> Iterator[Package]:
        """Yield the packages that would run a node, the most specific first."""
        for string in node.compatible:
            for package in self._with(string):
                if string in package.compatible:
                    yield package

    def of_driver(self, name: str) -> Iterator[Package]:
        """Yield the packages that bring a driver of some name."""
        return (one for one in self._with(name) if one.name == name)

    def brought_by(self, package: Package) -> list[Package]:
        """Return a package with all others that its distribution brings, by the same source."""
        same = (package.distribution, package.version, package.source)
        return [
            one
            for one in self._with(package.distribution)
            if (one.distribution, one.version, one.source) == same
        ]

    def _with(self, text: str) -> Iterator[Package]:
        """Yield the packages of all catalogues that mention a text anywhere."""
        for path in self._paths:
            if path not in self._data:
                self._data[path] = _read(path)
            if text.encode() not in self._data[path]:
                continue
            if path not in self._packages:
                self._packages[path] = read_catalogue(path)
            for one in self._packages[path]:
                if self._is_new(one):
                    yield one

    def _is_new(self, package: Package) -> bool:
        """Whether a package isn't installed, or a command with its version would replace that."""
        present = self._version_by_distribution.get(package.distribution)
        if present is None or package.version in {"", present}:
            return present is None
        from packaging.version import InvalidVersion, Version

        try:
            newer = Version(package.version) > Version(present)
        except InvalidVersion:
            return False
        return newer and package.requirement != package.distribution


def own_catalogue() -> str:
    """Return where the user's own catalogue is, or would be.

    Source: XDG Base Directory Specification, ``XDG_DATA_HOME``.
    """
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(home, "ukdrivers", "catalogue.toml")


def read_catalogue(path: str) -> list[Package]:
    """Read a catalogue; what isn't there is empty.

    :raises UsageError: it is no catalogue
    """
    import tomllib

    try:
        tables = tomllib.loads(_read(path).decode()).get("package", [])
        return [_package(path, number, table) for number, table in enumerate(tables, 1)]
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: {printable(str(error))}, wanted a catalogue") from error


def _read(path: str) -> bytes:
    from ukdrivers.bounded import read_bounded

    try:
        return read_bounded(path, _BYTES_MAX)
    except OSError:
        return b""


def _package(path: str, number: int, table: dict[str, object]) -> Package:
    distribution = table.get("distribution")
    lists: dict[str, Any] = {key: table.get(key, []) for key in _LISTS}
    texts = [table.get(key, "") for key in ("version", "name", "source")]
    good = isinstance(distribution, str) and all(isinstance(one, str) for one in texts)
    for one in lists.values():
        good = good and isinstance(one, list) and all(isinstance(text, str) for text in one)
    if not good:
        raise ValueError(
            f"package {number}: distribution, version and name are texts, the rest lists"
        )
    version, name, source = (printable(str(one)) for one in texts)
    distribution = plain(str(distribution))
    shipped = "ukdrivers itself" if path == SHIPPED else path
    return Package(
        distribution=distribution,
        version=plain(version),
        name=name or distribution.removeprefix(PREFIX),
        source=source or shipped,
        **{key: tuple(one) for key, one in lists.items()},
    )


def plain(text: str) -> str:
    """Return the name or version of a distribution, which goes into a command.

    :raises ValueError: it has what a shell might take for something else
    """
    if not _PLAIN.issuperset(text):
        raise ValueError(f"{quoted(text)} is no name or version of a distribution")
    return text
