"""Files: put generated text into a folder so that an interrupted run never leaves half of it.

In:  relative path to text (from :mod:`ukdrivers.wire`, :mod:`ukdrivers.build`).
Out: files, and a list of them beside them that a later run goes by.

Every text is first written to a file of its own beside its target, then each is renamed over its
target. The list of what we wrote is extended before the first rename and cut after the last, so
whatever a run that was killed left behind is on the list, and the next run takes it away.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from ukdrivers.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["OWNED", "publish"]

#: the list of files that earlier runs wrote, one relative path a line
OWNED = ".ukdrivers"
SUFFIX = ".ukdrivers-new"


def publish(
    folder: str, files: Mapping[str, str], *, owned: Collection[str] | None = None
) -> tuple[str, ...]:
    """Make a folder hold these files, and none that an earlier call put there.

    A file whose content is the same already is not touched.

    :param folder: made when it isn't there
    :param files: text by path relative to *folder*
    :param owned: relative paths to remove unless they are among *files*, and whatever stands at
        the place of one of *files* is overwritten; ``None``: go by the list in the folder, where
        a file that isn't on it is neither removed nor overwritten
    :returns: the relative paths written or removed, sorted; empty when nothing had to change
    :raises WireError: a folder or file can't be written, or isn't ours to overwrite; nothing is
        changed then, unless the disk failed between two renames
    """
    encoded = {path: text.encode() for path, text in sorted(files.items())}
    with _worded(folder):
        os.makedirs(folder, exist_ok=True)
    with _locked(folder):
        ours = _listed(folder) if owned is None else {one for one in owned if _stays_inside(one)}
        _clean(folder, {*ours, *encoded, OWNED})
        changed = [path for path in encoded if _differs(os.path.join(folder, path), encoded[path])]
        stale = sorted(ours - encoded.keys())
        if owned is None:
            _refuse_foreign(folder, [path for path in changed if path not in ours])
            _write_list(folder, ours | encoded.keys())
        _replace(folder, {path: encoded[path] for path in changed})
        _remove(folder, stale)
        if owned is None:
            _write_list(folder, set(encoded))
    return tuple(sorted([*changed, *stale]))


@contextlib.contextmanager
def _worded(path: str) -> Iterator[None]:
    """Turn an error of the system into one of ours, with the path it is about."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else path
        where = where.removesuffix(SUFFIX)
        what = os.strerror(error.errno).lower() if error.errno else str(error)
        wanted = {
            errno.EACCES: "wanted a folder that can be written",
            errno.EPERM: "wanted a folder that can be written",
            errno.EROFS: "wanted a folder that can be written",
            errno.EEXIST: "wanted a folder",
            errno.ENOTDIR: "wanted a folder",
            errno.EISDIR: "wanted a file",
            errno.ENOSPC: "wanted room for the generated files",
        }.get(error.errno or 0, "wanted to write it")
        raise WireError(f"{where}: {what}, {wanted}") from error


@contextlib.contextmanager
def _locked(folder: str) -> Iterator[None]:
    """Keep a second run out of the folder, where the file system can."""
    import fcntl

    with _worded(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _listed(folder: str) -> set[str]:
    path = os.path.join(folder, OWNED)
    if not os.path.lexists(path):
        return set()
    with _worded(path), open(path, "rb") as file:
        lines = os.fsdecode(file.read()).splitlines()
    return {line for line in lines if _stays_inside(line)}


def _stays_inside(path: str) -> bool:
    """Whether a line of the list can be trusted with a removal."""
    return path[:1] not in ("", "/") and "\0" not in path and ".." not in path.split("/")


def _clean(folder: str, paths: set[str]) -> None:
    """Remove what a run that was killed had written but not yet renamed."""
    for path in paths:
        with _worded(path), contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(os.path.join(folder, path + SUFFIX))


def _differs(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() != content
    except OSError:
        return True


def _refuse_foreign(folder: str, paths: list[str]) -> None:
    for path in paths:
        target = os.path.join(folder, path)
        if os.path.lexists(target):
            raise WireError(
                f"{target}: not written by ukdrivers, wanted a folder without other files",
                hint="name another folder, or move the file away",
            )


def _write_list(folder: str, paths: set[str]) -> None:
    content = os.fsencode("".join(f"{path}\n" for path in sorted(paths)))
    if _differs(os.path.join(folder, OWNED), content):
        _replace(folder, {OWNED: content})


def _replace(folder: str, contents: Mapping[str, bytes]) -> None:
    """Write all of the files beside their targets, then rename them one by one."""
    targets = {os.path.join(folder, path): content for path, content in contents.items()}
    try:
        for target, content in targets.items():
            with _worded(target):
                _write(target, content)
        for target in targets:
            with _worded(target):
                os.replace(target + SUFFIX, target)
    except BaseException:
        for target in targets:
            with contextlib.suppress(OSError):
                os.unlink(target + SUFFIX)
        raise


def _write(target: str, content: bytes) -> None:
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target + SUFFIX, "wb") as file:
        file.write(content)


def _remove(folder: str, paths: list[str]) -> None:
    for path in paths:
        target = os.path.join(folder, path)
        with _worded(target), contextlib.suppress(FileNotFoundError, IsADirectoryError):
            os.unlink(target)
        parent = os.path.dirname(target)
        while parent != folder:
            try:
                os.rmdir(parent)
            except OSError:
                break
            parent = os.path.dirname(parent)
