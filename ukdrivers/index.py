"""Index: answers that were worked out once, kept on disk for as long as what is installed is the same.

In:  sections of bytes (from :mod:`ukdrivers.cli.answers`), and what to watch.
Out: the same sections, as long as every folder on the search path and all that is watched besides
     has the identity and the times it had; nothing otherwise.

Each search path has a file of its own: a line that says what wrote it, one with the sizes of the
sections, the stamps, the sections. It is replaced as a whole, so that writers can't disturb each
other or a reader. Reading imports nothing that starting Python hasn't.
"""

from __future__ import annotations

import os
import sys

from ukdrivers import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

__all__ = ["Index", "Stamps", "folder", "opened", "search_path", "stamp"]

SCHEMA = 1
#: two changes closer together than this may leave one time; what was read between them is not kept
TICK_NS = 20_000_000
MOST_WATCHED = 4096  # looking at them takes less than a search for them all
HEAD_BYTES = 1 << 16
MOST_FILES = (
    16  # one for each way to start the program: as `ukdrivers`, or as `python -m` somewhere
)
#: our own files whose rules or data the answers depend on; they change in a source tree only
OWN = (
    "cli/answers.py",
    "distributions.py",
    "hosts",
    "hosts/__init__.py",
    "hosts/base/drivers",
    "index.py",
    "manifest.py",
    "platforms.py",
    "registry.py",
    "rules.py",
)
_HERE = os.path.dirname(os.path.abspath(__file__))


class Index:
    """An index that holds. Reads its sections when they are asked for.

    :param descriptor: of the file, open for reading; closed on leaving the ``with`` statement
    :param places: offset and size of each section, by name
    """

    def __init__(self, descriptor: int, places: Mapping[str, tuple[int, int]]) -> None:
        self._descriptor = descriptor
        self._places = places

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def section(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Return one section, or so many bytes of it.

        :raises ValueError: it is not there whole
        :raises KeyError: there is no such section
        """
        offset, whole = self._places[name]
        size = whole if size is None else size
        data = os.pread(self._descriptor, size, offset + start)
        if len(data) != size:
            raise ValueError(f"{name}: {len(data)} bytes, wanted {size}")
        return data


def search_path(path: Sequence[str] | None = None) -> list[str]:
    """Return what is searched, each entry absolute; ``sys.path`` if None."""
    entries = sys.path if path is None else path
    return [one if one[:1] == "/" else _absolute(one) for one in entries if isinstance(one, str)]


def _absolute(path: str) -> str:
    return os.path.join(os.getcwd(), path) if path else os.getcwd()


def folder() -> str:
    """Return where indexes are kept.

    Source: XDG Base Directory Specification 0.8, ``$XDG_CACHE_HOME``.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        base = os.path.expanduser("~/.cache")
    return os.path.join(base, "ukdrivers", "index")


def opened(searched: Sequence[str]) -> Index | None:
    """Return the index of a search path; None: there is none, or something has changed since."""
    try:
        descriptor = os.open(_file(searched), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        places = _places(descriptor, searched)
    except (OSError, ValueError):
        places = None
    if places is None:
        os.close(descriptor)
        return None
    return Index(descriptor, places)


def _file(searched: Sequence[str]) -> str:
    """Return the file of a search path. Its number need not be unique: the file has the path."""
    number = int.from_bytes(os.fsencode("\n".join(searched)), "big") % ((1 << 61) - 1)
    return os.path.join(folder(), f"{number:016x}")


def _key() -> bytes:
    python = f"{sys.implementation.cache_tag} {sys.hexversion:x}"
    return f"ukdrivers index {SCHEMA}, {__version__}, {python}, {_HERE}".encode(errors="replace")


def _places(descriptor: int, searched: Sequence[str]) -> dict[str, tuple[int, int]] | None:
    """Return where the sections are, if the file is one of ours and all it watches is the same."""
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid():
        return None
    head = os.read(descriptor, HEAD_BYTES)
    key, _, rest = head.partition(b"\n")
    if key != _key():
        return None
    line, _, rest = rest.partition(b"\n")
    size, *fields = line.decode("ascii").split()
    watched = rest[: int(size)]
    offset = len(key) + len(line) + 2
    if len(watched) < int(size):
        watched = os.pread(descriptor, int(size), offset)
    if not _holds(watched, searched):
        return None
    offset += int(size)
    places = {}
    for name, count in zip(fields[::2], map(int, fields[1::2]), strict=True):
        places[name] = (offset, count)
        offset += count
    return places if offset == status.st_size else None


def _holds(watched: bytes, searched: Sequence[str]) -> bool:
    stamped = [line.rpartition(b"\t") for line in watched.split(b"\n")[:-1]]
    names = [os.fsencode(one) for one in searched]
    if [name for name, _, _ in stamped[: len(names)]] != names:
        return False
    return all(before == stamp(name)[0] for name, _, before in stamped)


def stamp(path: str | bytes) -> tuple[bytes, int]:
    """Return the identity and the times of a file, and the later of the times in nanoseconds."""
    try:
        one = os.stat(path)
    except OSError:
        return b"-", 0
    times = (one.st_mtime_ns, one.st_ctime_ns)
    return b"%x %x %x %x" % (one.st_dev, one.st_ino, *times), max(times)


class Stamps:
    """The state of the search path before it is read; afterwards, writes the index.

    :param searched: of :func:`search_path`
    """

    def __init__(self, searched: Sequence[str]) -> None:
        import time

        self._searched = searched
        self._since = time.time_ns()
        self._before = [(one, stamp(one)) for one in searched]

    def save(self, watched: Iterable[str], sections: Mapping[str, bytes]) -> str | None:
        """Keep sections, unless something changed while they were worked out.

        :param watched: files and folders, besides those on the search path
        :returns: why they could not be kept; None: they were, or may be the next time
        """
        own = (os.path.join(_HERE, one) for one in OWN)
        stamped = [*self._before, *((one, stamp(one)) for one in (*own, *watched))]
        if len(stamped) > MOST_WATCHED:
            return f"{len(stamped)} files would have to be watched, at most {MOST_WATCHED} are"
        if any(changed > self._since - TICK_NS for _, (_, changed) in stamped):
            return None
        if any("\n" in name or "\t" in name for name, _ in stamped):
            return "a folder on the search path has a line break or a tab in its name"
        lines = b"".join(b"%s\t%s\n" % (os.fsencode(name), stamp) for name, (stamp, _) in stamped)
        sizes = " ".join(f"{name} {len(data)}" for name, data in sections.items())
        head = b"%s\n%d %s\n" % (_key(), len(lines), sizes.encode())
        try:
            _write(_file(self._searched), [head, lines, *sections.values()])
        except OSError as error:
            return f"{error.filename or folder()}: {(error.strerror or 'failed').lower()}"
        return None


def _write(path: str, pieces: Sequence[bytes]) -> None:
    """Replace a file, and remove the ones that were not written for longest."""
    import contextlib

    above = os.path.dirname(path)
    os.makedirs(above, mode=0o700, exist_ok=True)
    new = f"{path}.{os.urandom(8).hex()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.writelines(pieces)
        os.replace(new, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
    with contextlib.suppress(OSError):
        files = [one for one in os.scandir(above) if one.path != path]
        files.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
        for one in files[MOST_FILES - 1 :]:
            os.unlink(one.path)
