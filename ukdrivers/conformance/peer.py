"""The other end of the cable in the suite of network devices: sends frames back, or makes them.

What comes with EtherType 88-B6 goes back to whom it came from. 88-B5 asks for something: a word and
numbers, as ``apps/net/peer.c`` says. A frame's content follows from its number.

Source: IEEE 802 local experimental EtherTypes 1 and 2, 88-B5 and 88-B6.
"""

from __future__ import annotations

import functools
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ukdrivers.conformance.link import Link

__all__ = ["Peer"]

MAC = bytes.fromhex("525400abcdef")
CONTROL, DATA = b"\x88\xb5", b"\x88\xb6"
HEADER, PADDED = 14, 60
VALUES = struct.Struct(">4I")
CHUNK = 64
LOOK_SECONDS = 0.2
LONGER = 2048  # of which a pattern's length is a multiple


class Peer(threading.Thread):
    """Serves one device until its machine ends.

    :param link: the device's
    :param has_link: whether the device's link can be taken down
    :ivar mac: of the guest, once it has sent something
    """

    def __init__(self, link: Link, *, has_link: bool) -> None:
        super().__init__(daemon=True)
        self.link = link
        self.mac: bytes | None = None
        self._has_link = has_link
        self._over = threading.Event()

    def run(self) -> None:
        """Serve until the machine or this peer is closed."""
        while not self._over.is_set():
            try:
                for frame in self.link.receive(LOOK_SECONDS):
                    self._serve(frame)
            except (EOFError, OSError):  # it has ended
                return

    def close(self) -> None:
        """End, and wait for it."""
        self._over.set()
        self.join()

    def _serve(self, frame: bytes) -> None:
        self.mac = frame[6:12]
        kind, body = frame[12:14], frame[HEADER:]
        if kind == DATA:
            self.link.send([self.mac + MAC + frame[12:]])
        elif kind == CONTROL:
            word, values = body[:4], VALUES.unpack(body[4 : 4 + VALUES.size])
            if word == b"have":
                words = b"have" + (b"link" if self._has_link else b"")
                self.link.send([(self.mac + MAC + CONTROL + words).ljust(PADDED, b"\0")])
            elif word == b"give":
                self._give(self.mac, *values)

    def _give(self, to: bytes, number: int, size: int, step: int, count: int) -> None:
        for start in range(0, count, CHUNK):
            self.link.send(
                (to + MAC + DATA + _content(number + n, size + n * step))[: size + n * step]
                for n in range(start, min(start + CHUNK, count))
            )


def _content(number: int, size: int) -> bytes:
    """Return what follows the header of a frame; no shorter than one of *size* bytes needs."""
    pattern = _pattern(-(-size // LONGER) * LONGER).translate(_ROTATIONS[number * 31 % 256])
    return number.to_bytes(4, "big") + pattern[4:]


@functools.cache
def _pattern(size: int) -> bytes:
    return bytes((place * 7 + place // 251) % 256 for place in range(size))


#: what each byte becomes when a number is added to it
_ROTATIONS = [bytes((byte + start) % 256 for byte in range(256)) for start in range(256)]
