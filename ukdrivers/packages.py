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
    compatible   = ["acme,uart-v2", "acme,uart"]

They are only read when something is missing, and only those that mention it are parsed.
"""

from __future__ import annotations

import os

from ukdrivers.errors import UsageError
from ukdrivers.rules import printable
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ukdrivers.model import Driver, Node

__all__ = ["Catalogues", "Package", "own_catalogue", "read_catalogue"]

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalogue.toml")
PREFIX = "ukdriver-"
_BYTES_MAX = 8 << 20


class Package(Value):
    """A distribution that is known to carry a driver."""

    distribution: str
    version: str  #: the newest that is known; empty: not known
    name: str  #: of the driver
    provides: tuple[str, ...]
    compatible: tuple[str, ...]
    source: str  #: who says so

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


class Catalogues:
    """What the known catalogues say of packages that aren't installed.

    :param installed: drivers, whose packages are left out
    :param paths: of the catalogues of installed wheels
    """

    def __init__(self, installed: Iterable[Driver], paths: Sequence[str] = ()) -> None:
        self._present = frozenset(one.distribution for one in installed)
        self._paths = (SHIPPED, *paths, own_catalogue())
        self._data: dict[str, bytes] | None = None
        self._packages: dict[str, list[Package]] = {}

    def for_interface(self, interface: str) -> str:
        """Return how to install what provides an interface, or that no package is known."""
        for package in self._with(interface):
            if interface in package.provides:
                return package.install
        return f"no known package provides {interface}"

    def for_node(self, node: Node, interface: str) -> str:
        """Return how to install what runs a node and provides an interface by it."""
        for package in self.of(node):
            if interface in package.provides:
                return package.install
        return f"no known package lists {' or '.join(node.compatible)}"

    def for_board(self, nodes: Iterable[Node], interface: str) -> str | None:
        """Return how to install what provides an interface by any of some nodes, if anything."""
        for node in nodes:
            if any(interface in package.provides for package in self.of(node)):
                return self.for_node(node, interface)
        return None

    def for_driver(self, name: str) -> str:
        """Return how to install a driver, or that no package is known."""
        for package in self._with(name):
            if package.name == name:
                return package.install
        return f"no known package brings a driver {name}"

    def of(self, node: Node) -> Iterator[Package]:
        """Yield the packages that would run a node, the most specific first."""
        for string in node.compatible:
            for package in self._with(string):
                if string in package.compatible:
                    yield package

    def _with(self, text: str) -> Iterator[Package]:
        """Yield the packages of all catalogues that mention a text anywhere."""
        if self._data is None:
            self._data = {path: _read(path) for path in self._paths}
        for path, data in self._data.items():
            if text.encode() not in data:
                continue
            if path not in self._packages:
                self._packages[path] = read_catalogue(path)
            for one in self._packages[path]:
                if one.distribution not in self._present:
                    yield one


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
    lists = [table.get(key, []) for key in ("provides", "compatible")]
    texts = [table.get(key, "") for key in ("version", "name", "source")]
    good = isinstance(distribution, str) and all(isinstance(one, str) for one in texts)
    for one in lists:
        good = good and isinstance(one, list) and all(isinstance(text, str) for text in one)
    if not good:
        raise ValueError(
            f"package {number}: distribution, version and name are texts, the rest lists"
        )
    version, name, source = (printable(str(one)) for one in texts)
    provides, compatible = (tuple(map(str, one)) for one in lists)  # type: ignore[arg-type]
    shipped = "ukdrivers itself" if path == SHIPPED else path
    return Package(
        distribution=printable(str(distribution)),
        version=version,
        name=name or str(distribution).removeprefix(PREFIX),
        provides=provides,
        compatible=compatible,
        source=source or shipped,
    )
