"""Frames sent to a guest that sends them back, and what became of them.

The guest runs ``app/echo``; its control frames have EtherType 88-B5, ours to be echoed 88-B6.
"""

from __future__ import annotations

import dataclasses
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.conformance.link import Link

__all__ = ["Outcome", "command", "echo", "frames_of", "wait_for_hello"]

GUEST = bytes.fromhex("525400123456")
PEER = bytes.fromhex("525400abcdef")
BROADCAST = b"\xff" * 6
CONTROL_TYPE = b"\x88\xb5"
DATA_TYPE = b"\x88\xb6"
SMALLEST = 60
#: bytes before which a frame has no number
NUMBERED = 18
#: without a frame for so long, what is missing is lost
PATIENCE = 10.0
LAST_LOOK = 0.01


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the frames of one run; all zero but ``echoed`` is what should be."""

    echoed: int
    lost: int
    doubled: int
    changed: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        return not self.lost and not self.doubled and not self.changed


def frames_of(size: int, count: int, to: bytes = GUEST) -> list[bytes]:
    """Make frames that differ from each other, also where one was put in another's buffer."""
    noise = os.urandom(size + 4096)
    head = to + PEER + DATA_TYPE
    frames = []
    for number in range(count):
        start = number * 7 % 4096
        body = number.to_bytes(4, "big") + noise[start : start + size]
        frames.append((head + body)[:size])
    return frames


def wait_for_hello(link: Link) -> bytes:
    """Wait until the guest says that it echoes, and return its MAC address."""
    return _control(link, b"hello")[6:12]


def command(link: Link, word: bytes) -> None:
    """Tell the guest ``poll`` or ``wait``, and wait until it does; or ``stop``."""
    frame = (BROADCAST + PEER + CONTROL_TYPE + word).ljust(SMALLEST, b"\0")
    link.send([frame])
    if word != b"stop":  # its answer may be lost when the power goes off
        _control(link, word)


def _control(link: Link, word: bytes) -> bytes:
    deadline = time.monotonic() + PATIENCE
    while (left := deadline - time.monotonic()) > 0:
        for frame in link.receive(left):
            if frame[12:14] == CONTROL_TYPE and frame[14:].startswith(word):
                return frame
    raise TimeoutError(f"link: no {word.decode()} within {PATIENCE:g} s")


def echo(link: Link, frames: Sequence[bytes], *, window: int = 64) -> Outcome:
    """Send frames with at most *window* of them in flight, and compare what comes back."""
    run = _Run(frames)
    start = time.monotonic()
    sent = min(window, len(frames))
    link.send(frames[:sent])
    while run.place < len(frames):
        came = link.receive(PATIENCE)
        if not came:
            break
        run.take(came, sent)
        more = min(run.place + window, len(frames))
        if more > sent:
            link.send(frames[sent:more])
            sent = more
    run.take(link.receive(LAST_LOOK), sent)  # nothing, unless the last one was doubled
    return run.outcome(time.monotonic() - start)


class _Run:
    """Compares what comes back; in order is the fast way, anything else is looked at closely."""

    def __init__(self, frames: Sequence[bytes]) -> None:
        self.frames = frames
        self.place = 0  #: frames before it are settled
        self.echoed = self.lost = self.doubled = self.changed = 0

    def take(self, came: Sequence[bytes], sent: int) -> None:
        expected = self.frames[self.place : self.place + len(came)]
        if list(expected) == list(came) and self.place + len(came) <= sent:
            self.place += len(came)
            self.echoed += len(came)
            return
        for frame in came:
            self._look(frame, sent)

    def _look(self, frame: bytes, sent: int) -> None:
        if self.place < sent and frame == self.frames[self.place]:
            self.place += 1
            self.echoed += 1
            return
        try:
            found = self.frames.index(frame, 0, sent)
        except ValueError:
            self.changed += 1
            self.place = min(self.place + 1, sent)
            return
        if found < self.place:
            self.doubled += 1
        else:
            self.lost += found - self.place
            self.echoed += 1
            self.place = found + 1

    def outcome(self, seconds: float) -> Outcome:
        return Outcome(
            echoed=self.echoed,
            lost=self.lost + len(self.frames) - self.place,
            doubled=self.doubled,
            changed=self.changed,
            seconds=seconds,
        )
