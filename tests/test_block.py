"""Disks on QEMU's machine virt: what the image writes is in the file, and nothing else is.

The first sector of a disk tells the image what to do with it. It fills disks with numbers, reads
them back in another order, and says how many didn't fit; here, the file is compared once more.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD, ROOT
from tests.net_guest import PROCESSORS
from ukdrivers.conformance.disk import MIB, drive, make_disk, numbers

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

APP = os.path.join(ROOT, "ukdrivers", "conformance", "apps", "block")
DISK = re.compile(r"^disk (\d+): (\w+)(.*)$", re.MULTILINE)
KILL_SECONDS = 60

MODERN = ("-global", "virtio-mmio.force-legacy=false")
KINDS = {
    "legacy": ("virtio-blk-device,drive=d0",),
    "mmio": (*MODERN, "virtio-blk-device,drive=d0"),
    "transitional": ("virtio-blk-pci,drive=d0",),
    "pci": ("virtio-blk-pci,drive=d0,disable-legacy=on",),
    "pages": ("virtio-blk-pci,drive=d0,page-per-vq=on,modern-pio-notify=on",),
    "port": ("-device", "pcie-root-port,id=link,chassis=1", "virtio-blk-pci,drive=d0,bus=link"),
}
#: what they offer: registers always say the most that QEMU has
QUEUES = {kind: 1024 if kind in ("legacy", "mmio") else 256 for kind in KINDS}

Boot = Callable[..., "Seen"]
#: returns the folder of an image
Images = Callable[[int], str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seen:
    """One boot: what was said of each disk, by its number and then by the line's first word."""

    said: dict[int, dict[str, str]]
    text: str

    @property
    def only(self) -> dict[str, str]:
        (one,) = self.said.values()
        return one


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory, ukdrivers: Program) -> Images:
    """Build an image that takes disks on either transport, with queues up to a size; once each."""

    @functools.cache
    def build(size: int) -> str:
        folder = str(tmp_path_factory.mktemp("image"))
        done = ukdrivers(
            *("build", BOARD, "--app", APP, "-o", folder),
            *("--set", f"LIBUKDRIVER_VIRTIO_BLK_QUEUE={size}"),
        )
        assert done.returncode == 0, done.stderr
        return folder

    return build


@pytest.fixture
def boot(images: Images, ukdrivers: Program, tmp_path: pathlib.Path) -> Boot:
    """Boot it with these arguments for QEMU; nothing that the guest does may be at fault."""

    def run(*arguments: str, queue: int = 1024) -> Seen:
        log = tmp_path / "qemu.log"
        watched = ("-d", "guest_errors,unimp", "-D", str(log))
        done = ukdrivers("run", "-o", images(queue), "--", *watched, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not log.exists() or log.read_text() == ""
        said: dict[int, dict[str, str]] = {}
        for number, word, rest in DISK.findall(done.stdout):
            said.setdefault(int(number), {})[word] = rest.lstrip(", ")
        assert f"blocks: {len(said)} disks" in done.stdout
        assert re.search(r"^checks: [1-9]\d* done, 0 failed$", done.stdout, re.MULTILINE)
        return Seen(said=said, text=done.stdout)

    return run


def check_filled(seen: Seen, number: int, path: str, *, seed: int, in_flight: int) -> None:
    said = seen.said[number]
    size = os.path.getsize(path)
    pieces = size // 4096
    done = f"{pieces} pieces, 0 errors, {min(in_flight, pieces)} in flight"
    assert (said["written"], said["flush"], said["compared"]) == (done, "0", done), seen.text
    with open(path, "rb") as file:
        assert file.read() == numbers(seed, size)


@pytest.mark.parametrize("kind", KINDS)
def test_64_mib_written_read_back_and_compared(
    boot: Boot, tmp_path: pathlib.Path, kind: str
) -> None:
    *before, device = KINDS[kind]
    path = make_disk(f"{tmp_path}/disk", "fill 12345", size=64 * MIB)

    seen = boot(*drive(path), *before, "-device", device)

    assert seen.only["sectors"].startswith("131072 of 512, physical 512 from 0,")
    assert seen.only["sectors"].endswith(f"requests {QUEUES[kind]}, flush")
    check_filled(seen, 0, path, seed=12345, in_flight=QUEUES[kind])


FEATURES = {
    "no-indirect": "indirect_desc=off",
    "no-event-index": "event_idx=off",
    "neither": "indirect_desc=off,event_idx=off",
    "no-config-wce": "config-wce=off",
    "packed-offered": "packed=on",
}


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("kind", ["legacy", "mmio", "pci"])
def test_with_each_feature_switched(
    boot: Boot, tmp_path: pathlib.Path, kind: str, feature: str
) -> None:
    path = make_disk(f"{tmp_path}/disk", "fill 7")
    *before, device = KINDS[kind]

    seen = boot(*drive(path), *before, "-device", f"{device},{FEATURES[feature]}")

    in_flight = QUEUES[kind] // (3 if "indirect_desc=off" in FEATURES[feature] else 1)
    check_filled(seen, 0, path, seed=7, in_flight=in_flight)


@pytest.mark.parametrize("kind", ["legacy", "mmio", "pages"])
@pytest.mark.parametrize("size", [4, 1024])
def test_the_smallest_and_the_largest_queue(
    boot: Boot, tmp_path: pathlib.Path, kind: str, size: int
) -> None:
    *before, device = KINDS[kind]
    for indirect, in_flight in (("on", size), ("off", size // 3)):
        path = make_disk(f"{tmp_path}/disk", "fill 8")
        options = f"queue-size={size},indirect_desc={indirect}"

        seen = boot(*drive(path), *before, "-device", f"{device},{options}", queue=size)

        check_filled(seen, 0, path, seed=8, in_flight=in_flight)


def test_four_disks_at_once(boot: Boot, tmp_path: pathlib.Path) -> None:
    names = ["d0", "d1", "d2", "d3"]
    paths = [
        make_disk(f"{tmp_path}/{name}", f"fill {40 + i}", size=(4 + i) * MIB)
        for i, name in enumerate(names)
    ]
    drives = [word for path, name in zip(paths, names, strict=True) for word in drive(path, name)]
    kinds = ("virtio-blk-device", "virtio-blk-pci", "virtio-blk-device", "virtio-blk-pci")
    devices = [
        word
        for kind, name in zip(kinds, names, strict=True)
        for word in ("-device", f"{kind},drive={name}")
    ]

    seen = boot(*drives, *devices)

    by_sectors = {said["sectors"].split()[0]: number for number, said in seen.said.items()}
    assert len(by_sectors) == len(names)
    for i, path in enumerate(paths):
        number = by_sectors[str(os.path.getsize(path) // 512)]
        check_filled(seen, number, path, seed=40 + i, in_flight=256 if i % 2 else 1024)


@pytest.mark.parametrize("kind", ["legacy", "mmio", "transitional"])
def test_a_read_only_disk_is_read_and_not_written(
    boot: Boot, tmp_path: pathlib.Path, kind: str
) -> None:
    *before, device = KINDS[kind]
    content = numbers(99, 4 * MIB)
    path = make_disk(f"{tmp_path}/disk", content=content)

    seen = boot(*drive(path, "d0", "readonly=on"), *before, "-device", device)

    assert "read-only" in seen.only["sectors"]
    assert seen.only["compared"] == f"1024 pieces, 0 errors, {QUEUES[kind]} in flight"
    with open(path, "rb") as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        ("logical_block_size=4096,physical_block_size=4096", "1024 of 4096, physical 4096 from 0"),
        ("logical_block_size=512,physical_block_size=4096", "8192 of 512, physical 4096 from 0"),
        ("logical_block_size=4096,physical_block_size=65536", "1024 of 4096, physical 65536"),
    ],
)
@pytest.mark.parametrize("kind", ["legacy", "port"])
def test_sectors_and_topology_as_the_device_says(
    boot: Boot, tmp_path: pathlib.Path, kind: str, blocks: str, wanted: str
) -> None:
    *before, device = KINDS[kind]
    path = make_disk(f"{tmp_path}/disk", "fill 3")

    seen = boot(*drive(path), *before, "-device", f"{device},{blocks}")

    assert seen.only["sectors"].startswith(wanted)
    check_filled(seen, 0, path, seed=3, in_flight=QUEUES[kind])


def killed(image: str, disk: str, device: str) -> str:
    """Run until the image says that it has done its work, and kill QEMU that moment."""
    command = (
        *("qemu-system-aarch64", "-machine", "virt,gic-version=2", "-cpu", "cortex-a53"),
        *(*PROCESSORS, "-m", "128M", "-nodefaults", "-display", "none", "-serial", "stdio"),
        *("-monitor", "none", "-kernel", os.path.join(image, "ukdrivers_kvm-arm64")),
        *drive(disk, "d0", "format=qcow2", "cache=writeback"),
        *("-device", device),
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as qemu:
        assert qemu.stdout
        text = b""
        deadline = time.monotonic() + KILL_SECONDS
        while b"holding" not in text and time.monotonic() < deadline:
            text += os.read(qemu.stdout.fileno(), 4096)
        qemu.kill()
    return text.decode()


@pytest.mark.parametrize("device", ["virtio-blk-device,drive=d0", "virtio-blk-pci,drive=d0"])
@pytest.mark.parametrize("plan", ["hold", "lose"])
def test_what_was_flushed_survives_and_what_was_not_does_not(
    images: Images, tmp_path: pathlib.Path, device: str, plan: str
) -> None:
    """QEMU keeps the tables of a qcow2 file to itself until the guest flushes."""
    size = 16 * MIB
    raw = make_disk(f"{tmp_path}/raw", f"{plan} 5", size=size)
    disk, after = str(tmp_path / "disk"), tmp_path / "after"
    convert = ("qemu-img", "convert", "-q")
    subprocess.run([*convert, "-f", "raw", "-O", "qcow2", raw, disk], check=True)

    text = killed(images(1024), disk, device)

    assert "disk 0: written, 4096 pieces, 0 errors" in text, text
    assert ("disk 0: flush 0" in text) == (plan == "hold")
    subprocess.run([*convert, "-f", "qcow2", "-O", "raw", disk, str(after)], check=True)
    assert (after.read_bytes() == numbers(5, size)) == (plan == "hold")
