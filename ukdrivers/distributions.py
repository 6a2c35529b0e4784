"""Installed distributions that carry drivers or hooks, found by their entry points.

Used by :mod:`ukdrivers.registry`. The same distributions are found as by ``importlib.metadata``, at
a fraction of its cost: importing that takes three times as long as starting Python does.
"""

from __future__ import annotations

import os

from ukdrivers.bounded import read_bounded, read_head
from ukdrivers.installed import Problem
from ukdrivers.rules import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "CATALOGUES",
    "DRIVERS",
    "HOOKS",
    "Distribution",
    "entries_in",
    "find_distributions",
    "normalised",
]

#: groups of entry points: a manifest or a catalogue, read as data; and code, which is imported
DRIVERS = "ukdrivers"
CATALOGUES = "ukdrivers.catalogue"
HOOKS = "ukdrivers.hooks"

_ENTRY_POINTS = "entry_points.txt"
_ENTRY_POINTS_BYTES = 1024 * 1024
_MOST_ENTRIES = 256  # of one distribution
_NAME_LENGTH = 256  # of a name or a version; a file system allows no more
_METADATA_BYTES = 64 * 1024  # of the headers; a description may follow
_MARK = DRIVERS.encode()  # what all groups begin with
_SUFFIXES = (".dist-info", ".egg-info")
_IN_PLACE = (_ENTRY_POINTS, "PKG-INFO")


class Distribution:
    """An installed distribution that has entry points for us.

    :param folder: of the search path that its metadata stand in
    :param info: its metadata folder; read when the name or the version is asked for
    :param entries: group, name and value of each entry point for us, in the order of the file
    """

    def __init__(self, *, folder: str, info: str, entries: list[tuple[str, str, str]]) -> None:
        self.folder = folder
        self.info = info
        self.entries = entries
        self._named: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """As the metadata spell it."""
        return self._name_and_version()[0]

    @property
    def version(self) -> str:
        """As the metadata spell it."""
        return self._name_and_version()[1]

    def _name_and_version(self) -> tuple[str, str]:
        if self._named is None:
            self._named = _name_and_version(self.info)
        return self._named

    @property
    def title(self) -> str:
        """What messages call it: ``ukdriver-pl011 0.1``."""
        return f"{self.name} {self.version}"

    def group(self, wanted: str) -> list[tuple[str, str]]:
        """Return name and value of each entry point in one group."""
        return [(name, value) for group, name, value in self.entries if group == wanted]


def find_distributions(
    path: Iterable[str], *, watched: list[str] | None = None
) -> tuple[list[Distribution], list[Problem]]:
    """Find the distributions that have entry points for us.

    :param path: folders, searched in this order
    :param watched: gets the files that may come to say something else while no folder on the path
        changes: those of a source tree, which setuptools writes in place
    :returns: the distributions, of each name the first on the path; and what could not be read
    """
    problems: list[Problem] = []
    infos: dict[str, list[tuple[str, str]]] = {}  # folder and metadata folder by normalised name
    for folder in dict.fromkeys(path):
        for name in _listed(folder, problems):
            # pip renames what it is about to remove to a name that begins with a tilde.
            if name.endswith(_SUFFIXES) and not name.startswith("~"):
                key = normalised(name.rpartition(".")[0].partition("-")[0])
                infos.setdefault(key, []).append((folder, name))
                if watched is not None and name.endswith(".egg-info"):
                    info = os.path.join(folder, name)
                    watched += (info, *(os.path.join(info, one) for one in _IN_PLACE))
    found = []
    for candidates in infos.values():
        one = _distribution(*_first_whole(candidates))
        if isinstance(one, Problem):
            problems.append(one)
        elif one is not None:
            found.append(one)
    return found, problems


def normalised(name: str) -> str:
    """Return the one spelling of a distribution's name, with underscores.

    Source: Python Packaging User Guide, "Names and normalization".
    """
    name = name.lower().replace("-", "_").replace(".", "_")
    while "__" in name:
        name = name.replace("__", "_")
    return name


def _listed(folder: str, problems: list[Problem]) -> list[str]:
    try:
        return os.listdir(folder or ".")
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        problems.extend(_zipped(folder))
    except OSError as error:
        problems.append(Problem(subject=folder, message=_reason(error)))
    return []


def _zipped(path: str) -> Iterator[Problem]:
    """Refuse the plugins in an archive on the search path."""
    import importlib_metadata

    for found in importlib_metadata.distributions(path=[path]):
        text = found.read_text(_ENTRY_POINTS) or ""
        if any(group in text for group in (f"[{DRIVERS}]", f"[{CATALOGUES}]", f"[{HOOKS}]")):
            yield Problem(
                subject=f"{found.name} {found.version}",
                message=f"is inside the archive {path}, wanted files: C sources are compiled",
                hint=f"pip install {found.name}",
            )


def _first_whole(candidates: list[tuple[str, str]]) -> tuple[str, str]:
    """Return the first that has metadata, as importlib.metadata does: a torn one hides no other."""
    if len(candidates) > 1:
        for folder, name in candidates:
            info = os.path.join(folder, name)
            if any(os.path.isfile(os.path.join(info, one)) for one in ("METADATA", "PKG-INFO")):
                return folder, name
    return candidates[0]


def _distribution(folder: str, info: str) -> Distribution | Problem | None:
    """Return a distribution that has entry points for us, or what is wrong with them."""
    path = f"{folder or '.'}/{info}"
    try:
        data = read_bounded(f"{path}/{_ENTRY_POINTS}", _ENTRY_POINTS_BYTES)
        if _MARK not in data:
            return None
        entries = list(entries_in(data.decode()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        message = f"{_ENTRY_POINTS}: {_reason(error)}"
        return Problem(subject=" ".join(_name_and_version(path)), message=message)
    if not entries:
        return None
    return Distribution(folder=folder, info=path, entries=entries)


def entries_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield group, name and value of each entry point for us; ValueError says what is wrong."""
    group, number_of_ours = "", 0
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line.startswith("[") and line.endswith("]"):
            group = line.strip("[]")
        elif group in {DRIVERS, CATALOGUES, HOOKS} and line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            if not equals:
                raise ValueError(f"line {number}: is no 'name = value'")
            if number_of_ours == _MOST_ENTRIES:
                raise ValueError(f"line {number}: is more than entry point {_MOST_ENTRIES} of ours")
            number_of_ours += 1
            yield group, name.strip(), value.strip()


def _name_and_version(info: str) -> tuple[str, str]:
    """Return both as the metadata spell them, or else as the metadata folder's name does."""
    stem, _, rest = os.path.basename(info).rpartition(".")[0].partition("-")
    headers = {"Name": printable(stem), "Version": printable(rest) or "0"}
    for file in ("METADATA", "PKG-INFO"):
        try:
            text = read_head(os.path.join(info, file), _METADATA_BYTES).decode(errors="replace")
        except OSError:
            continue
        for line in text.partition("\n\n")[0].splitlines():
            key, _, value = line.partition(":")
            if key in headers and value.strip():
                headers[key] = printable(value)[:_NAME_LENGTH]
        break
    return headers["Name"], headers["Version"]


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    return str(error)
