"""Suite ``block``: sectors in and out, compared with the files that the disks are."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from ukdrivers.conformance.disk import MIB, drive, make_disk, numbers
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.variations import BOARD, Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE"]

OPS = "<ukd/block.h>, ukd_block_ops"
INFO = "<ukd/block.h>, ukd_block_info"
REQUEST = "<ukd/block.h>, ukd_block_request"


CHECKS = (
    Check("limits", "sizes that are powers of two, and limits that aren't 0", INFO),
    Check(
        "out-of-range",
        "what is beyond the end or longer than a request can be isn't taken, and `done` isn't called",
        f"{OPS}.submit, -EINVAL",
    ),
    Check(
        "part-of-a-list", "what stands before one that is refused is taken, alone", f"{OPS}.submit"
    ),
    Check(
        "read-only", "a write to a read-only disk isn't taken, to another it is", f"{OPS}.submit"
    ),
    Check(
        "in-flight",
        "as many requests as it says, then -EAGAIN; each is done once, within finish()",
        f"{INFO}.requests_max; {OPS}.submit, .finish",
    ),
    Check(
        "interrupts", "a request that is waited for wakes when it is done", f"{OPS}.set_interrupt"
    ),
    Check(
        "sizes",
        "from a sector to the most come as they were written, and nothing beside them",
        f"{INFO}.sectors_max; {REQUEST}.count",
    ),
    Check("alignments", "data at any multiple of 4 bytes", f"{REQUEST}.data"),
    Check("neighbours", "sectors beside one that is written stay as they are", f"{REQUEST}.sector"),
    Check("flush", "a flush is done, or -ENOTSUP where there is none", f"{INFO}.can_flush"),
    Check(
        "stop",
        "what is in flight is done once with a stop, and it works again after a start",
        f"{OPS}.stop, .start",
    ),
    Check("any-order", "a whole disk, written and read in any order", f"{OPS}.submit, .finish"),
    Check("on-disk", "the disk's file to hold what was written, and nothing else", REQUEST),
    Check("geometry", "size, sector and best unit as the machine has them", INFO),
    Check(
        "flushed",
        "what was written before a flush to be there after the machine was killed",
        "<ukd/block.h>, UKD_BLOCK_FLUSH",
    ),
)

#: QEMU's device for a compatible string, as far as it has one
DEVICES: Mapping[str, tuple[str, ...]] = {
    "virtio,device2": ("virtio-blk-device", "virtio-blk-pci"),
    "pci1b36,0010": ("nvme,serial=1",),
}
MODERN = ("-global", "virtio-mmio.force-legacy=false")
GIC_V3 = "qemu:virt,gic-version=3"
LARGER = "cortex-a72, 1 GiB"
LARGER_ARGUMENTS = ("-cpu", "cortex-a72", "-m", "1G")
SEED = 7
SAID = re.compile(r"^disk \d+: sectors (\d+ of \d+, physical \d+ from \d+),", re.MULTILINE)
KILLED = f"qemu-system-aarch64: ended by signal {int(signal.SIGKILL)}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kind:
    """Disks of one variation."""

    device: str
    count: int = 1
    sector: int = 512
    physical: int = 512
    is_read_only: bool = False
    extra: tuple[str, ...] = ()


@contextlib.contextmanager
def _disks(folder: str, *, kind: _Kind) -> Iterator[Beside]:
    """Make the files, each of another size; the first ones are the smaller ones."""
    arguments, paths = [*kind.extra], []
    for number in range(kind.count):
        name, size = f"d{number}", (4 + number) * MIB
        path = os.path.join(folder, name)
        if kind.is_read_only:
            make_disk(path, content=numbers(SEED, size), size=size)
        else:
            make_disk(path, f"fill {SEED}", size=size)
        options = ("readonly=on",) if kind.is_read_only else ()
        arguments += drive(path, name, *options)
        arguments += ["-device", f"{kind.device},drive={name}"]
        paths.append(path)

    def found(text: str) -> dict[str, str]:
        return {"on-disk": _compare(paths), "geometry": _measure(text, paths, kind)}

    yield Beside(arguments=arguments, found=found)


def _compare(paths: list[str]) -> str:
    for number, path in enumerate(paths):
        with open(path, "rb") as file:
            content = file.read()
        wanted = numbers(SEED, len(content))
        if content != wanted:
            place = next(at for at in range(len(wanted)) if content[at] != wanted[at])
            return f"disk {number}: byte {place} is {content[place]}, wanted {wanted[place]}"
    return ""


def _measure(text: str, paths: list[str], kind: _Kind) -> str:
    wanted = [
        f"{os.path.getsize(path) // kind.sector} of {kind.sector}, physical {kind.physical} from 0"
        for path in paths
    ]
    found = sorted(SAID.findall(text))
    return "" if found == sorted(wanted) else f"found {found}, wanted {wanted}"


@contextlib.contextmanager
def _killed(folder: str, *, device: str) -> Iterator[Beside]:
    """Make a disk whose tables QEMU keeps to itself until a flush, and kill it after one."""
    raw, disk, after = (os.path.join(folder, name) for name in ("raw", "disk", "after"))
    pid = os.path.join(folder, "pid")
    make_disk(raw, f"hold {SEED}", size=16 * MIB)
    convert = ("qemu-img", "convert", "-q")
    subprocess.run([*convert, "-f", "raw", "-O", "qcow2", raw, disk], check=True)
    texts: list[str] = []

    def kill(text: str) -> None:
        texts.append(text)
        if "\nholding" in "".join(texts):
            with open(pid, encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGKILL)

    def found(_: str) -> dict[str, str]:
        subprocess.run([*convert, "-f", "qcow2", "-O", "raw", disk, after], check=True)
        return {"flushed": _compare([after])}

    arguments = (*drive(disk, "d0", "format=qcow2", "cache=writeback"), "-pidfile", pid)
    yield Beside(
        arguments=(*arguments, "-device", f"{device},drive=d0"),
        on_text=kill,
        ends=KILLED,
        found=found,
    )


NOT_KILLED = {"flushed": "the machine isn't killed"}
NOT_COMPARED = dict.fromkeys(("any-order", "on-disk", "geometry"), "the machine is killed")


def _variation(name: str, kind: _Kind, *, board: str = BOARD) -> Variation:
    return Variation(
        name=name,
        board=board,
        beside=functools.partial(_disks, kind=kind),
        leaves_out=NOT_KILLED,
    )


def _variations(devices: tuple[str, ...]) -> Iterator[Variation]:
    for device in devices:
        bare = device.partition(",")[0]
        modern = MODERN if device == "virtio-blk-device" else ()
        big = f"{device},logical_block_size=4096,physical_block_size=4096"
        yield _variation(bare, _Kind(device=device))
        four = _Kind(device=device, count=4, extra=(*modern, *LARGER_ARGUMENTS))
        yield _variation(f"four {bare}, {LARGER}", four, board=GIC_V3)
        yield _variation(f"read-only {bare}", _Kind(device=device, is_read_only=True, extra=modern))
        yield _variation(f"{bare}, sectors of 4096", _Kind(device=big, sector=4096, physical=4096))
        if shutil.which("qemu-img"):
            beside = functools.partial(_killed, device=device)
            yield Variation(name=f"{bare}, killed", beside=beside, leaves_out=NOT_COMPARED)
        if not device.startswith("virtio-blk"):
            continue
        for options in ("indirect_desc=off,event_idx=off", "queue-size=4", "queue-size=1024"):
            varied = _Kind(device=f"{device},{options}", extra=modern)
            yield _variation(f"{device},{options}", varied)


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    devices = [one for key in subject.driver.compatible for one in DEVICES.get(key, ())]
    if not devices:
        yield _skipped(f"QEMU has no device that is {' or '.join(subject.driver.compatible)}")
        return
    if not shutil.which("qemu-img"):
        yield _skipped("flushed: there is no qemu-img; apt-get install qemu-utils")
    yield from run_each(subject, settings, "block", CHECKS, tuple(_variations(tuple(devices))))


def _skipped(why: str) -> Result:
    check = Check("block", "every check to be done", "")
    return Result(suite="block", check=check, status="skipped", found=why)


SUITE = Suite(name="block", run=_run, classes=("block",), needs=("qemu-system-aarch64",))
