"""Script: what is expected of an image's console and what is typed on it, as text.

In:  a script's text (from :mod:`ukdrivers.cli`).
Out: a tuple of :class:`Expect` and :class:`Send` (to :mod:`ukdrivers.boot`).

A line each, empty ones and those that start with ``#`` apart::

    expect REGEX    wait until the console writes a line in which REGEX is found
    send TEXT       type TEXT and the Enter key
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    import re

__all__ = ["Expect", "Send", "Step", "expect", "read_script"]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Expect:
    """Wait for a line, or a prompt, in which the pattern is found."""

    pattern: re.Pattern[str]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """Type a line."""

    text: str


Step = Expect | Send


def read_script(text: str, *, source: str) -> tuple[Step, ...]:
    """Return the steps of a script, in order; none for an empty script.

    :param source: what the user calls the script, for messages
    :raises UsageError: a line is neither, or its regular expression is none
    """
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return tuple(
        _step(line, where=f"{source}:{number}")
        for number, line in lines
        if line and not line.startswith("#")
    )


def expect(pattern: str, *, where: str) -> Expect:
    """Return the step that waits for a pattern.

    :param where: the subject of the error, e.g. ``boot.script:3`` or ``--expect``
    :raises UsageError: not a regular expression
    """
    import re

    try:
        return Expect(pattern=re.compile(pattern))
    except re.error as error:
        raise UsageError(
            f"{where}: '{pattern}' is no regular expression: {error.msg} at column {error.pos}"
        ) from error


def _step(line: str, *, where: str) -> Step:
    verb, _, rest = line.partition(" ")
    if verb == "expect" and rest:
        return expect(rest, where=where)
    if verb == "send":
        return Send(text=rest)
    raise UsageError(f"{where}: '{line}', wanted 'expect REGEX' or 'send TEXT'")
