"""The other end of a guest's network cable: raw Ethernet frames over a socket of QEMU's.

``-netdev socket`` sends each frame after its length, 4 bytes, the most significant first. QEMU is
given its end of a pair: ``-netdev stream``, which connects, does that while the machine already
runs with the link up, and what is sent before is lost (seen with QEMU 7.2).
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Link", "cable", "netdev"]

LENGTH = struct.Struct(">I")
CHUNK = 1 << 18
SEND_SECONDS = 30


class Link:
    """Frames are whole on both sides.

    :param connected: a stream, of which QEMU has the other end
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._socket.settimeout(SEND_SECONDS)
        self._rest = b""

    def send(self, frames: Iterable[bytes]) -> None:
        """Send frames, with one system call."""
        parts = [part for frame in frames for part in (LENGTH.pack(len(frame)), frame)]
        self._socket.sendall(b"".join(parts))

    def receive(self, timeout: float) -> list[bytes]:
        """Return the frames that have come, at least one unless *timeout* seconds passed."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                return []
            data = self._socket.recv(CHUNK)
            if not data:
                raise EOFError("QEMU ended")
            frames = self._take(data)
            if frames:
                return frames

    def _take(self, data: bytes) -> list[bytes]:
        """Divide what came into frames, and keep what is not whole yet."""
        data = self._rest + data
        frames, place, size = [], 0, len(data)
        while place + LENGTH.size <= size:
            end = place + LENGTH.size + LENGTH.unpack_from(data, place)[0]
            if end > size:
                break
            frames.append(data[place + LENGTH.size : end])
            place = end
        self._rest = data[place:]
        return frames


@contextlib.contextmanager
def cable() -> Iterator[tuple[Link, socket.socket]]:
    """Make a link, and QEMU's end of it: to be passed on, and closed here then."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Link(ours), theirs


def netdev(name: str, theirs: socket.socket) -> str:
    """Return the value of QEMU's ``-netdev`` for the end that it inherits.

    :param name: ``id`` of the network
    """
    return f"socket,id={name},fd={theirs.fileno()}"
