"""Frames that a guest echoes through ``virtio-net``: all of them, once, as they were.

``UKDRIVERS_FRAMES`` says how many frames each echo run has; what is without a run of its own here
(a million, to look for leaks; ``--timeout 0``, then) is the same with another number.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.net_echo import command, echo, frames_of, wait_for_hello
from tests.net_guest import MODERN, Guest, booted, built_with
from ukdrivers.conformance.qmp import set_link

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from tests.conftest import Program
    from ukdrivers.conformance.link import Link

SIZES = (64, 512, 1514)
FRAMES = int(os.environ.get("UKDRIVERS_FRAMES", "20000"))
CHUNK = 20_000  # that are made at a time
#: with a feature off, and with other sizes of the rings
FEW = max(FRAMES // 10, 1)
MODES = (b"poll", b"wait")
#: a register block of version 1, one of version 2, and a device on PCI
TRANSPORTS: dict[str, dict[str, object]] = {
    "legacy": {},
    "modern": {"extra": MODERN},
    "PCI": {"device": "virtio-net-pci"},
}
COUNTERS = re.compile(
    r"^echo: device (\d): received (\d+), sent (\d+), left out (\d+), full \d+, "
    r"interrupts (\d+), waits (\d+), short (\d+)$",
    re.MULTILINE,
)
MEMORY = re.compile(r"^echo: memory (?:before|after): (\d+ blocks, \d+ bytes)$", re.MULTILINE)


@pytest.fixture(scope="module")
def image(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build ``app/echo`` with both interrupt controllers."""
    return built_with(ukdrivers, str(tmp_path_factory.mktemp("echo")), "echo")


@contextlib.contextmanager
def echoing(image: str, **settings: object) -> Iterator[tuple[Guest, list[bytes]]]:
    """Boot and wait for each device's hello, which tells its MAC address."""
    with booted(image, timeout=60 + FRAMES / 500, **settings) as guest:  # type: ignore[arg-type]
        yield guest, [wait_for_hello(link) for link in guest.links]


def end(guest: Guest, *, received: int | None = None) -> str:
    """Stop the guest; all buffers and all memory are back, and as many frames came as were sent."""
    command(guest.links[0], b"stop")
    console = guest.ended()
    assert "not all frames came back" not in console
    before, after = MEMORY.findall(console)
    assert before == after
    if received is not None:
        counted = COUNTERS.findall(console)
        assert sum(int(one[1]) for one in counted) == received, console
    return console


def all_come_back(link: Link, size: int, count: int, mac: bytes, *, window: int = 64) -> None:
    """Echo *count* frames and see that each came back once, as it was sent."""
    while count:
        some = min(count, CHUNK)
        outcome = echo(link, frames_of(size, some, mac), window=window)
        assert outcome.is_clean, outcome
        assert outcome.echoed == some
        count -= some


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_frame_comes_back_as_it_was(image: str, transport: str) -> None:
    with echoing(image, **TRANSPORTS[transport]) as (guest, [mac]):
        for mode, size in itertools.product(MODES, SIZES):
            command(guest.links[0], mode)
            all_come_back(guest.links[0], size, FRAMES, mac)

        console = end(guest, received=FRAMES * 6 + 7)

    [(_, received, sent, left_out, _, waits, short)] = COUNTERS.findall(console)
    assert received == str(int(sent) - 1)
    assert (left_out, short) == ("0", "0")
    assert int(waits) > 0


#: put in front of the C library's: any connection of QEMU's takes half a second
SLOW_CONNECT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

int connect(int fd, const struct sockaddr *to, socklen_t size)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");

	usleep(500000);
	return next(fd, to, size);
}
"""


def test_the_first_frame_arrives_on_a_slow_host(
    image: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guest says hello once, long before a network that has to connect first would be there."""
    library = str(tmp_path / "slow.so")
    command = ["gcc", "-shared", "-fPIC", "-o", library, "-x", "c", "-", "-ldl"]
    subprocess.run(command, input=SLOW_CONNECT, text=True, check=True)
    monkeypatch.setenv("LD_PRELOAD", library)

    with echoing(image) as (guest, [mac]):
        assert mac == bytes.fromhex("525400123456")

        end(guest)


def test_one_frame_at_a_time(image: str) -> None:
    """Each is waited for, but for those that come before the guest has looked again."""
    with echoing(image, extra=MODERN) as (guest, [mac]):
        command(guest.links[0], b"wait")
        all_come_back(guest.links[0], 64, 500, mac, window=1)

        console = end(guest)

    [(*_, interrupts, waits, _)] = COUNTERS.findall(console)
    assert int(interrupts) >= 50
    assert int(waits) >= int(interrupts)


def test_polling_takes_no_interrupts(image: str) -> None:
    with echoing(image, extra=MODERN) as (guest, [mac]):
        all_come_back(guest.links[0], 64, FRAMES, mac)

        console = end(guest)

    [(*_, interrupts, waits, _)] = COUNTERS.findall(console)
    assert waits == "0"
    # an event index that isn't moved is passed once in 65,536 frames
    assert int(interrupts) <= 1 + FRAMES // 60_000


@pytest.mark.parametrize(("gic_version", "transport"), [(2, "legacy"), (3, "modern"), (3, "PCI")])
def test_four_devices_at_once(image: str, gic_version: int, transport: str) -> None:
    settings = TRANSPORTS[transport]
    with echoing(image, count=4, gic_version=gic_version, **settings) as (guest, macs):
        assert sorted(mac[-1] for mac in macs) == [0x56, 0x57, 0x58, 0x59]
        for mode, size in itertools.product(MODES, SIZES):
            command(guest.links[0], mode)
            for link, mac in zip(guest.links, macs, strict=True):
                all_come_back(link, size, FRAMES // 4, mac)

        end(guest, received=FRAMES // 4 * 24 + 7)


FEATURES = (
    *("mrg_rxbuf=off", "csum=off", "guest_csum=off", "event_idx=off", "indirect_desc=off"),
    *("status=off", "ctrl_vq=off", "packed=on", "any_layout=off", "guest_announce=off"),
    *("host_mtu=1500", "mq=on", "rx_queue_size=1024", "rx_queue_size=256,tx_queue_size=256"),
    "mrg_rxbuf=off,csum=off,guest_csum=off,event_idx=off,indirect_desc=off,status=off,ctrl_vq=off",
)


@pytest.mark.parametrize("properties", FEATURES)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_without_a_feature(image: str, transport: str, properties: str) -> None:
    with echoing(image, properties=f",{properties}", **TRANSPORTS[transport]) as (guest, [mac]):
        for mode, size in itertools.product(MODES, SIZES):
            command(guest.links[0], mode)
            all_come_back(guest.links[0], size, FEW, mac)

        end(guest, received=FEW * 6 + 7)


def test_the_mtu_is_what_the_device_says(image: str) -> None:
    with echoing(image, properties=",host_mtu=1400", extra=MODERN) as (guest, [mac]):
        all_come_back(guest.links[0], 1414, FEW, mac)

        console = end(guest)

    assert re.search(r"^echo: device 0: 52:54:00:12:34:56, MTU 1400, ", console, re.MULTILINE)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("properties", ["", ",mrg_rxbuf=off"])
def test_reception_survives_frames_of_every_length(
    image: str, transport: str, properties: str, mode: bytes
) -> None:
    """More over-long frames than there are buffers, in a row, and each length there is."""
    with echoing(image, properties=properties, **TRANSPORTS[transport]) as (guest, [mac]):
        link = guest.links[0]
        command(link, mode)
        for size in (1515, 1518, 1600, 2016, 2048, 4000):
            long = frames_of(size, 1100, mac)
            for start in range(0, len(long), 50):
                link.send(long[start : start + 50])
            all_come_back(link, 64, 64, mac)
        for start in range(1, 60, 10):
            link.send([frames_of(size, 1, mac)[0] for size in range(start, start + 10)])
        while link.receive(1):
            pass
        every = [frames_of(size, 1, mac)[0] for size in range(60, 1515)]
        assert echo(link, every).echoed == len(every)

        end(guest)


def test_a_link_that_goes_down_and_comes_up(image: str) -> None:
    with echoing(image, extra=MODERN) as (guest, [mac]):
        link = guest.links[0]
        command(link, b"wait")
        for _ in range(2):
            for is_up in (False, True):
                set_link(guest.folder, "net0d", is_up=is_up)
                guest.said("link up" if is_up else "link down")
            all_come_back(link, 64, 100, mac)

        console = end(guest)

    said = re.findall(r"^echo: device 0: link (\w+)$", console, re.MULTILINE)
    assert said == ["down", "up"] * 2
