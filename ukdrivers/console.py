"""Console: the text an image has written so far, and how far its script has come."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from ukdrivers.script import Expect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ukdrivers.script import Step

__all__ = ["Console"]

#: what the Enter key of a terminal sends
ENTER = "\r"


class Console:
    """Takes bytes as they come, and says what is due to be sent.

    :param script: steps in order
    :param on_text: called with every new piece of text
    """

    def __init__(self, *, script: Sequence[Step], on_text: Callable[[str], None]) -> None:
        self._steps = list(script)
        self._on_text = on_text
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode
        self._lines: list[str] = []
        self._line = ""  # what follows the last newline
        self._seen = 0  # lines before this one are behind the last match
        self._column = 0  # and so is the start of that one
        self.size = 0  #: bytes taken
        self.closed = False  #: nothing more will come

    def take(self, data: bytes) -> None:
        """Add what the image wrote."""
        self.size += len(data)
        self._add(self._decode(data).replace("\r", ""))

    def rest(self) -> None:
        """Note that nothing came for a while: the line so far is a prompt, not half a line."""
        self._advance(complete=False)

    def close(self) -> None:
        """Note that nothing more will come: the line so far is complete."""
        self._add(self._decode(b"", final=True))
        self.closed = True
        self._advance(complete=False)

    def due(self) -> bytes:
        """Return what is to be typed now, and take it off the script."""
        typed = ""
        while self._steps and not isinstance(step := self._steps[0], Expect):
            typed += step.text + ENTER
            self._steps.pop(0)
        if typed:
            self._advance(complete=True)
        return typed.encode()

    @property
    def wanted(self) -> str | None:
        """The pattern still waited for, or None."""
        for step in self._steps:
            if isinstance(step, Expect):
                return step.pattern.pattern
        return None

    def lines(self) -> tuple[str, ...]:
        """Return every line so far, the last one even if it has no end."""
        return (*self._lines, self._line) if self._line else tuple(self._lines)

    def last(self) -> str:
        """Return the last line that isn't empty; empty if there is none."""
        return next((line for line in reversed(self.lines()) if line.strip()), "")

    def _add(self, text: str) -> None:
        if not text:
            return
        self._on_text(text)
        *whole, self._line = (self._line + text).split("\n")
        self._lines += whole
        self._advance(complete=True)

    def _advance(self, *, complete: bool) -> None:
        """Take off the script what the text beyond the last match satisfies.

        :param complete: look at whole lines only
        """
        while self._steps and isinstance(step := self._steps[0], Expect):
            line = self._lines[self._seen] if self._seen < len(self._lines) else None
            if line is None and complete:
                return
            found = step.pattern.search(self._line if line is None else line, self._column)
            if found is not None:
                self._column = found.end()
                self._steps.pop(0)
            elif line is None:
                return
            else:
                self._seen, self._column = self._seen + 1, 0
