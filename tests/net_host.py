"""A host at the other end of a guest's cable: asks for its address, pings it, and sends it UDP.

``python -m tests.net_host SOCKET`` waits until QEMU connects to the socket, does all of that with
``app/net-demo``, shows what is answered, and has the guest end. It needs no privileges.

Source: RFC 826 (ARP), RFC 791 (IPv4), RFC 792 (ICMP), RFC 768 (UDP), RFC 1071 (checksum).
"""

from __future__ import annotations

import argparse
import ipaddress
import socket
import struct
import sys
import time

from ukdrivers.conformance.link import Link

__all__ = ["ADDRESS", "Host", "checksum", "ip", "udp"]

ADDRESS = "10.0.2.15"
OWN_ADDRESS = "10.0.2.2"
MAC = bytes.fromhex("525400abcdef")
BROADCAST = b"\xff" * 6
TYPE_IP, TYPE_ARP = 0x0800, 0x0806
ICMP, UDP = 1, 17
ECHO_PORT, STATUS_PORT = 7, 7000
OWN_PORT = 49152
TIMEOUT = 5.0
ARP_SECONDS = 0.2
WAIT_SECONDS = 30


def checksum(data: bytes) -> int:
    """Return the Internet checksum; 0 of what has its own in it and is whole."""
    words = struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total: int = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(to: str, protocol: int, payload: bytes, *, source: str = OWN_ADDRESS) -> bytes:
    """Make an IPv4 packet."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0)
    head += ipaddress.ip_address(source).packed + ipaddress.ip_address(to).packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(to: str, port: int, data: bytes, *, source: str = OWN_ADDRESS) -> bytes:
    """Make a UDP datagram, for :func:`ip`."""
    head = struct.pack(">HHHH", OWN_PORT, port, 8 + len(data), 0)
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(to).packed
    pseudo = addresses + struct.pack(">HH", UDP, 8 + len(data))
    return head[:6] + struct.pack(">H", checksum(pseudo + head + data) or 0xFFFF) + data


class Host:
    """Talks with one guest over its link."""

    def __init__(self, link: Link, to: str = ADDRESS) -> None:
        self.link = link
        self.to = to
        self.mac = BROADCAST

    def arp(self, timeout: float = 10) -> bytes | None:
        """Ask who has the address, again until it is answered; the answer is used from then on."""
        target = ipaddress.ip_address(self.to).packed
        own = MAC + ipaddress.ip_address(OWN_ADDRESS).packed
        asked = struct.pack(">HHBBH", 1, TYPE_IP, 6, 4, 1) + own + b"\0" * 6 + target
        wanted = struct.pack(">HHBBH", 1, TYPE_IP, 6, 4, 2)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.send(TYPE_ARP, asked)  # lost while the guest isn't up
            for frame in self._frames(TYPE_ARP, ARP_SECONDS):
                if frame[:8] == wanted and frame[14:18] == target and frame[18:28] == own:
                    self.mac = frame[8:14]
                    return self.mac
        return None

    def ping(self, number: int, size: int = 56) -> float | None:
        """Return after how many seconds the echo came, with the same data; None: it didn't."""
        data = bytes((number + place) % 256 for place in range(size))
        body = struct.pack(">HH", 0x1234, number) + data
        asked = struct.pack(">BBH", 8, 0, checksum(b"\x08\0\0\0" + body)) + body
        start = time.monotonic()
        self.send(TYPE_IP, ip(self.to, ICMP, asked))
        answer = self._packet(ICMP)
        if answer is None or answer[:2] != b"\0\0" or checksum(answer) or answer[4:] != body:
            return None
        return time.monotonic() - start

    def udp(self, port: int, data: bytes) -> bytes | None:
        """Return what is answered to a datagram; None: nothing, or something wrong."""
        self.send(TYPE_IP, ip(self.to, UDP, udp(self.to, port, data)))
        answer = self._packet(UDP)
        if answer is None or struct.unpack(">HHH", answer[:6]) != (port, OWN_PORT, len(answer)):
            return None
        if answer[6:8] not in {b"\0\0", self._checksum_of(port, answer)}:
            return None
        return answer[8:]

    def _checksum_of(self, port: int, answer: bytes) -> bytes:
        pseudo = ipaddress.ip_address(self.to).packed + ipaddress.ip_address(OWN_ADDRESS).packed
        pseudo += struct.pack(">HHHHHH", UDP, len(answer), port, OWN_PORT, len(answer), 0)
        return struct.pack(">H", checksum(pseudo + answer[8:]) or 0xFFFF)

    def send(self, kind: int, payload: bytes) -> None:
        frame = self.mac + MAC + struct.pack(">H", kind) + payload
        self.link.send([frame.ljust(60, b"\0")])

    def _frames(self, kind: int, timeout: float = TIMEOUT) -> list[bytes]:
        """Return the payloads of one kind among the frames that come next, to this host."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            came = self.link.receive(left)
            found = [one[14:] for one in came if one[:6] == MAC and one[12:14] == _type(kind)]
            if found:
                return found
        return []

    def _packet(self, protocol: int) -> bytes | None:
        """Return the payload of the packet that comes next, if it is what it should be."""
        for packet in self._frames(TYPE_IP):
            size = struct.unpack(">H", packet[2:4])[0]
            ends = ipaddress.ip_address(packet[12:16]), ipaddress.ip_address(packet[16:20])
            if (
                packet[0] == 0x45
                and packet[9] == protocol
                and not checksum(packet[:20])
                and tuple(map(str, ends)) == (self.to, OWN_ADDRESS)
            ):
                return packet[20:size]
        return None


def _type(kind: int) -> bytes:
    return struct.pack(">H", kind)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.net_host", description=__doc__)
    parser.add_argument("socket", help="path that QEMU is to connect to; it is made here")
    parser.add_argument("--address", default=ADDRESS, help="of the guest (default: %(default)s)")
    options = parser.parse_args()
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(options.socket)
            server.listen(1)
            server.settimeout(WAIT_SECONDS)
            connected, _ = server.accept()
        with connected:
            return _show(Host(Link(connected), options.address))
    except (EOFError, OSError) as error:
        _say(f"{options.socket}: {error}")
        return 1


def _show(host: Host) -> int:
    mac = host.arp(WAIT_SECONDS)
    results = [mac is not None]
    _say(f"{host.to} is at {':'.join(f'{byte:02x}' for byte in mac)}" if mac else "no answer")
    for number in range(3):
        seconds = host.ping(number)
        results.append(seconds is not None)
        said = "no answer" if seconds is None else f"{seconds * 1e3:.2f} ms"
        _say(f"ping {host.to}: number {number}: {said}")
    text = b"one wheel, one driver"
    answer = host.udp(ECHO_PORT, text)
    results.append(answer == text)
    _say(f"UDP echo: {'no answer' if answer is None else answer.decode(errors='replace')}")
    status = host.udp(STATUS_PORT, b"stop")
    results.append(status is not None)
    _say("no status" if status is None else status.decode(errors="replace").rstrip())
    return 0 if all(results) else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
