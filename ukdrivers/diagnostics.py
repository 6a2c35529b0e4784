"""What compilers and linkers write when they refuse something."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Owner", "blame", "first_error", "shortened"]

#: of gcc and clang, and of the assembler
MARKS = (": fatal error: ", ": error: ", ": Error: ")
#: of the linker, which doesn't say the word
LINKER_MARKS = (
    ": undefined reference to ",
    ": multiple definition of ",
    ": file format not recognized",
)
#: in lines above an error, the nearest last
INCLUDERS = ("In file included from ", "                 from ")
SCOPES = (": In function ", ": At top level:")


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """Whose a folder of sources is."""

    title: str  #: for messages, e.g. ``ukdriver-gicv2 1.0``
    root: str  #: the folder
    library: str | None = None  #: that its objects are linked into

    def is_in(self, line: str) -> bool:
        """Whether a line names one of the owner's files."""
        names = [f"{self.root}/"]
        names += [f"{self.library}/", f"{self.library}.o"] if self.library else []
        return any(name in line for name in names)


def blame(lines: Sequence[str], owners: Sequence[Owner]) -> str:
    """Word the first error of a failed build, after the owner of the file that was compiled.

    :param lines: what make and the programs it ran wrote
    :param owners: an inner folder before the one it is in
    :returns: e.g. ``ukdriver-x 1.0: x.c:12: error: expected ';' before 'return'``; why make
        stopped when no compiler or linker said anything
    """
    found = first_error(lines)
    if found is None:
        stops = [line.partition("*** ")[2] for line in lines if "*** " in line]
        others = [line for line in reversed(lines) if line.strip()]
        return f"make: {next(iter([*stops, *others]), 'no reason given')}"
    at, place, message = found
    texts = [*_includers(lines, at), lines[at], lines[max(at - 1, 0)], *lines[at + 1 :]]
    owner = next((one for line in texts for one in owners if one.is_in(line)), None)
    if owner is None:
        return f"{place}: error: {message}"
    is_own = owner.is_in(place)
    return f"{owner.title}: {os.path.basename(place) if is_own else place}: error: {message}"


def _includers(lines: Sequence[str], at: int) -> list[str]:
    """List the lines above an error that say through which files the compiler got there.

    The last of these names the file that was compiled; it comes first.
    """
    while at > 0 and any(mark in lines[at - 1] for mark in SCOPES):
        at -= 1
    start = at
    while start > 0 and any(mark in lines[start - 1] for mark in INCLUDERS):
        start -= 1
    return list(reversed(lines[start:at]))


def first_error(lines: Sequence[str]) -> tuple[int, str, str] | None:
    """Find the first error in what a compiler or linker wrote.

    :param lines: of its output
    :returns: index of the line, ``file:line`` as the tool spells it, and the message without the
        word *error*; ``None`` when there is none
    """
    for index, line in enumerate(lines):
        found = None if line.startswith("collect2: ") else _split(line)
        if found is not None:
            return index, *found
    for index, line in enumerate(lines):
        _, is_linker, message = line.partition("ld: ")
        if is_linker:
            return index, "ld", message
    return None


def _split(line: str) -> tuple[str, str] | None:
    """Return place and message of a line that is an error."""
    for mark in MARKS:
        place, found, message = line.partition(mark)
        if found:
            return _shown(place), message
    for mark in LINKER_MARKS:
        place, found, message = line.partition(mark)
        if found:
            return place.rpartition("ld:")[2].strip(), mark.removeprefix(": ") + message
    return None


def _shown(place: str) -> str:
    """Leave out the column, or the folder of the linker."""
    if place.endswith(("-ld", "/ld")):
        return "ld"
    head, _, column = place.rpartition(":")
    _, _, line = head.rpartition(":")
    return head if column.isdigit() and line.isdigit() else place


def shortened(place: str, path: str) -> str:
    """Leave the folder out of ``file:line`` where it is that of the file one is talking about.

    :param place: ``file:line``
    :param path: of the file that was being compiled
    """
    is_beside = os.path.dirname(place) == os.path.dirname(path)
    return os.path.basename(place) if is_beside else place
