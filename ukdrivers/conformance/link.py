"""The other end of a guest's network cable: raw Ethernet frames over a socket of QEMU's.

``-netdev stream`` sends each frame after its length, 4 bytes, the most significant first.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

__all__ = ["Link"]

LENGTH = struct.Struct(">I")
CHUNK = 1 << 18
CONNECT_SECONDS = 30


class Link:
    """Listens before QEMU starts, which then connects; frames are whole on both sides.

    :param path: of the socket; short, since the system limits it to 107 bytes
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(path)
        self._server.listen(1)
        self._socket: socket.socket | None = None
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, and remove the socket."""
        for one in (self._socket, self._server):
            if one is not None:
                one.close()
        if os.path.exists(self.path):
            os.remove(self.path)

    def netdev(self, name: str) -> str:
        """Return the value of QEMU's ``-netdev`` that connects to this end."""
        return f"stream,id={name},server=off,addr.type=unix,addr.path={self.path}"

    def send(self, frames: Iterable[bytes]) -> None:
        """Send frames, with one system call."""
        parts = [part for frame in frames for part in (LENGTH.pack(len(frame)), frame)]
        self._connected(time.monotonic() + CONNECT_SECONDS).sendall(b"".join(parts))

    def receive(self, timeout: float) -> list[bytes]:
        """Return the frames that have come, at least one unless *timeout* seconds passed."""
        deadline = time.monotonic() + timeout
        connected = self._connected(deadline)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([connected], [], [], left)[0]:
                return []
            data = connected.recv(CHUNK)
            if not data:
                raise EOFError("QEMU ended")
            frames = self._take(data)
            if frames:
                return frames

    def _connected(self, deadline: float) -> socket.socket:
        if self._socket is None:
            self._server.settimeout(max(deadline - time.monotonic(), 0.001))
            self._socket, _ = self._server.accept()
            self._socket.settimeout(CONNECT_SECONDS)
        return self._socket

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
