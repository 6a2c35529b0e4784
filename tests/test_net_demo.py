"""``app/net-demo``: a host that answers ARP, ping and UDP, and nothing that is wrong."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.net_guest import MODERN, booted, built_with
from tests.net_host import (
    ADDRESS,
    ECHO_PORT,
    ICMP,
    STATUS_PORT,
    TYPE_IP,
    UDP,
    Host,
    checksum,
    ip,
    udp,
)

if TYPE_CHECKING:
    from tests.conftest import Program


@pytest.fixture(scope="module")
def demo(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    return built_with(ukdrivers, str(tmp_path_factory.mktemp("net-demo")), "net-demo")


@pytest.mark.parametrize("gic_version", [2, 3])
def test_a_host_that_answers(demo: str, gic_version: int) -> None:
    with booted(demo, gic_version=gic_version) as guest:
        host = Host(guest.links[0])
        assert host.arp() == bytes.fromhex("525400123456")
        for number, size in enumerate((0, 1, 56, 57, 1472)):
            assert host.ping(number, size) is not None
        for size in (0, 1, 7, 100, 1472):
            data = os.urandom(size)
            assert host.udp(ECHO_PORT, data) == data
        status = (host.udp(STATUS_PORT, b"status") or b"").decode()
        assert "virtio-net" in status
        assert f"gicv{gic_version}" in status
        assert host.udp(STATUS_PORT, b"stop")
        console = guest.ended()

    counts = r"^answered: [1-9]\d* ARP, 5 ICMP echo, 5 UDP echo, 2 status; ignored: 0$"
    assert re.search(counts, console, re.MULTILINE)


def sealed(packet: bytes) -> bytes:
    """Give a packet the IP checksum that its first 20 bytes want."""
    head = packet[:10] + b"\0\0" + packet[12:20]
    return head[:10] + checksum(head).to_bytes(2, "big") + packet[12:]


#: packets that are not to be answered, each wrong in one thing
PING = b"\x08\x00\xf7\xff\x00\x00\x00\x00"
GOOD = ip(ADDRESS, ICMP, PING)
WRONG = {
    "version": sealed(b"\x65" + GOOD[1:]),
    "header length 4": sealed(b"\x44" + GOOD[1:]),
    "header beyond the end": sealed(b"\x4f" + GOOD[1:]),
    "length beyond the end": sealed(GOOD[:2] + b"\xff\xff" + GOOD[4:]),
    "length within the header": sealed(GOOD[:2] + b"\x00\x08" + GOOD[4:]),
    "fragment": sealed(GOOD[:6] + b"\x20\x00" + GOOD[8:]),
    "IP checksum": GOOD[:10] + b"\x00\x00" + GOOD[12:],
    "another address": ip("10.0.2.16", ICMP, PING),
    "another protocol": ip(ADDRESS, 6, PING),
    "ICMP checksum": ip(ADDRESS, ICMP, b"\x08\x00\x00\x00" + PING[4:]),
    "ICMP type": ip(ADDRESS, ICMP, b"\x00\x00\xff\xff" + PING[4:]),
    "half a UDP header": ip(ADDRESS, UDP, b"\x00\x07\x00\x07"),
    "UDP length": ip(ADDRESS, UDP, b"\x00\x07\x00\x07\xff\xff\x00\x00"),
    "UDP length of less than its header": ip(ADDRESS, UDP, b"\x00\x07\x00\x07\x00\x01\x00\x00"),
    "UDP checksum": ip(ADDRESS, UDP, udp(ADDRESS, 7, b"data")[:6] + b"\x12\x34data"),
    "UDP port": ip(ADDRESS, UDP, udp(ADDRESS, 9, b"data")),
}


def test_packets_that_are_wrong_are_not_answered(demo: str) -> None:
    with booted(demo, extra=MODERN) as guest:
        host = Host(guest.links[0])
        assert host.arp()
        for packet in WRONG.values():
            host.send(TYPE_IP, packet)
        assert host.ping(1) is not None  # nothing came before it
        assert host.udp(STATUS_PORT, b"stop")
        console = guest.ended()

    assert f"1 ICMP echo, 0 UDP echo, 1 status; ignored: {len(WRONG)}" in console
