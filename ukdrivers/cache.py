"""Cache: what was once read from files, for as long as the files are the same.

A file counts as the same when its size and its times of modification and of change are, and when
they aren't, when its content is. What was read while a file was being written is not kept.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["load", "save", "started"]

#: two writes closer together than this may leave the same times
TICK_NS = 20_000_000


def started() -> int:
    """Return the moment to hand to :func:`save`; ask before the files are read."""
    import time

    return time.time_ns()


def load(path: str, *, key: Sequence[str]) -> Mapping[str, Any] | None:
    """Return what was kept, unless it is of another key or a file has changed since.

    :param path: of the cache file
    :param key: what the value depends on besides the content of files
    """
    import json

    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
        if kept["key"] != [*key]:
            return None
        files: dict[str, list[Any]] = kept["files"]
        moved = [one for one, (stamp, _) in files.items() if stamp != _stamp(one)]
        if any(files[one][1] != _digest(one) for one in moved):
            return None
        value: dict[str, Any] = kept["value"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return value


def save(
    path: str, *, key: Sequence[str], files: Sequence[str], value: Mapping[str, Any], since: int
) -> None:
    """Keep a value with the files it was read from. A cache that can't be written is left out.

    :param path: of the cache file
    :param key: as for :func:`load`
    :param files: everything that was read
    :param value: plain data
    :param since: of :func:`started`
    """
    import contextlib
    import json

    with contextlib.suppress(OSError):
        stamps = {one: _stamp(one) for one in files}
        if any(max(changed) > since - TICK_NS for _, *changed in stamps.values()):
            return
        kept = {one: [stamp, _digest(one)] for one, stamp in stamps.items()}
        text = json.dumps({"key": [*key], "files": kept, "value": value})
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _replace(path, text.encode())


def _replace(path: str, data: bytes) -> None:
    """Write a whole file or nothing; nothing, too, while somebody else writes the same one.

    What a run that was killed left beside it is written over.

    :raises OSError: it can't be written
    """
    import fcntl

    new = f"{path}.new"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # somebody else's is done when it has another name by now
        if not os.path.samestat(os.fstat(file.fileno()), os.stat(new)):
            return
        file.truncate(0)
        file.write(data)
        file.flush()
        os.replace(new, path)


def _stamp(path: str) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _digest(path: str) -> str:
    import hashlib

    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
