"""Network devices and disks in a real Unikraft tree, through its public interfaces.

``UKDRIVERS_UNIKRAFT`` names the tree; the images are built with its make and run in QEMU. Much of
what is looked at here goes wrong with virtio-net of the trees themselves, 0.15.0 to October 2024.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.net_echo import command, echo, frames_of, wait_for_hello
from tests.net_guest import MODERN, PROCESSORS, booted
from tests.unikraft_image import TREE, image_of

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

pytestmark = pytest.mark.skipif(not TREE, reason="UKDRIVERS_UNIKRAFT names no tree")

#: QEMU's device without its class, its properties, and arguments
KINDS: dict[str, tuple[str, str, Sequence[str]]] = {
    "legacy": ("device", "", ()),
    "mmio": ("device", "", MODERN),
    "transitional": ("pci", "", ()),
    "pci": ("pci", ",disable-legacy=on", ()),
}
SIZES = (60, 64, 512, 1490, 1502, 1503, 1504, 1505, 1514)
#: more than any image has buffers to receive into
USELESS = 1200
TOO_LONG = 1518
DISK_BYTES = 4 << 20

WRITTEN = """\
block: opened 0, 8192 sectors of 512, read-write
block: write 0
block: flush 0
block: read 0, same
block: beyond the end -22
block: 64 written
block: 64 read, 64 the same
"""
#: Linux's numbers, which the trees have: EOPNOTSUPP, EINVAL
READ_ONLY = """\
block: opened 0, 8192 sectors of 512, read-only
block: write -95
block: flush 0
block: read 0, DIFFERS
block: beyond the end -22
block: 0 written
block: 64 read, 0 the same
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    return image_of("echo", str(tmp_path_factory.mktemp("echo")))


@pytest.fixture(scope="module")
def block_image(tmp_path_factory: pytest.TempPathFactory) -> str:
    return image_of("block", str(tmp_path_factory.mktemp("block")))


@pytest.mark.parametrize("gic_version", [2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_frames_come_back_as_they_were(image: str, kind: str, gic_version: int) -> None:
    device, properties, extra = KINDS[kind]
    with booted(
        image,
        device=f"virtio-net-{device}",
        properties=properties,
        gic_version=gic_version,
        extra=extra,
    ) as guest:
        [link] = guest.links
        mac = wait_for_hello(link)
        for word, window in ((b"poll", 32), (b"wait", 1), (b"wait", 32), (b"split", 8)):
            command(link, word)
            for size in SIZES:
                outcome = echo(link, frames_of(size, 70, mac), window=window)
                assert outcome.is_clean, (word, size, outcome)
        command(link, b"stop")
        assert "echo: over (0)" in guest.ended()


@pytest.mark.parametrize("kind", ["mmio", "transitional"])
def test_frames_that_are_too_long_stop_nothing(image: str, kind: str) -> None:
    device, _, extra = KINDS[kind]
    with booted(image, device=f"virtio-net-{device}", extra=extra) as guest:
        [link] = guest.links
        mac = wait_for_hello(link)
        link.send(frames_of(TOO_LONG, USELESS, mac))
        assert echo(link, frames_of(64, 40, mac), window=1).is_clean
        command(link, b"stop")
        guest.ended()


@pytest.mark.parametrize("kind", ["mmio", "transitional"])
def test_mtu_is_what_the_device_says(image: str, kind: str) -> None:
    device, _, extra = KINDS[kind]
    with booted(
        image, device=f"virtio-net-{device}", properties=",host_mtu=1400", extra=extra
    ) as guest:
        [link] = guest.links
        mac = wait_for_hello(link)
        assert echo(link, frames_of(1414, 40, mac), window=4).is_clean
        command(link, b"stop")
        assert "echo: MTU 1400, " in guest.ended()


@pytest.mark.parametrize("gic_version", [2, 3])
@pytest.mark.parametrize("is_read_only", [False, True], ids=["written", "read-only"])
@pytest.mark.parametrize("kind", KINDS)
def test_disk(
    block_image: str, kind: str, is_read_only: bool, gic_version: int, tmp_path: pathlib.Path
) -> None:
    device, properties, extra = KINDS[kind]
    disk, log = tmp_path / "disk", tmp_path / "log"
    with open(disk, "wb") as file:
        file.truncate(DISK_BYTES)
    drive = f"if=none,id=d,format=raw,file={disk}" + (",readonly=on" if is_read_only else "")
    machine = ["qemu-system-aarch64", "-M", f"virt,gic-version={gic_version}", "-m", "128"]
    machine += ["-cpu", "cortex-a53", "-nodefaults", "-display", "none", "-serial", "stdio"]
    machine += [*PROCESSORS, "-no-reboot", "-d", "guest_errors,unimp", "-D", str(log), *extra]
    machine += ["-drive", drive, "-device", f"virtio-blk-{device},drive=d{properties}"]
    done = subprocess.run(
        [*machine, "-kernel", block_image],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = [one for one in done.stdout.splitlines(keepends=True) if one.startswith("block:")]
    assert "".join(said) == (READ_ONLY if is_read_only else WRITTEN)
    assert not os.path.getsize(log)
    assert any(disk.read_bytes()) != is_read_only
