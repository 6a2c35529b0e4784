"""The other end of the cable: what it says of frames that a network treats badly."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.net_echo import echo, frames_of
from tests.net_host import checksum, ip, udp
from ukdrivers.conformance.link import LENGTH, Link

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 20
#: what becomes of one frame
TREATMENTS: dict[str, Callable[[bytes], list[bytes]]] = {
    "lost": lambda _: [],
    "doubled": lambda frame: [frame, frame],
    "changed": lambda frame: [frame[:-1] + bytes([frame[-1] ^ 1])],
    "longer": lambda frame: [frame + b"\0"],
    "whole": lambda frame: [frame],
}


def reflect(end: socket.socket, treat: Callable[[bytes], list[bytes]], treated: int) -> None:
    """Send back what comes, byte by byte apart from what is treated, until the other end closes."""
    with end, end.makefile("rb") as file:
        for number in range(1 << 30):
            head = file.read(LENGTH.size)
            if len(head) < LENGTH.size:
                return
            frame = file.read(LENGTH.unpack(head)[0])
            for one in treat(frame) if number == treated else [frame]:
                data = LENGTH.pack(len(one)) + one
                for place in range(0, len(data), 50):
                    end.sendall(data[place : place + 50])


@pytest.mark.parametrize("treated", [0, 5, COUNT - 1])
@pytest.mark.parametrize("treatment", TREATMENTS)
def test_what_became_of_each_frame(
    treatment: str, treated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.net_echo.PATIENCE", 2)
    monkeypatch.setattr("tests.net_echo.LAST_LOOK", 1 if treatment == "doubled" else 0)
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=reflect, args=(theirs, TREATMENTS[treatment], treated))
    thread.start()

    with ours:
        outcome = echo(Link(ours), frames_of(100, COUNT), window=4)
    thread.join()

    counted = (outcome.lost, outcome.doubled, outcome.changed)
    wanted = {"lost": (1, 0, 0), "doubled": (0, 1, 0), "whole": (0, 0, 0)}
    assert counted == wanted.get(treatment, (0, 0, 1))
    assert outcome.echoed == COUNT - outcome.lost - outcome.changed
    assert outcome.is_clean == (treatment == "whole")


def test_checksums() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D  # RFC 1071, section 3
    packet = ip("10.0.2.15", 17, udp("10.0.2.15", 7, b"odd"))
    assert checksum(packet[:20]) == 0
    pseudo = packet[12:20] + bytes([0, 17]) + len(packet[20:]).to_bytes(2, "big")
    assert checksum(pseudo + packet[20:]) == 0
