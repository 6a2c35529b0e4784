"""Suite ``virtio-transport``: what the driver of a virtio device may count on, however it is reached.

A driver of our own takes disks and an entropy source and hands them to the application.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
from typing import TYPE_CHECKING

from ukdrivers.conformance import qmp
from ukdrivers.conformance.disk import MIB, drive, make_disk, numbers
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.variations import APPS, BOARD, Beside, Variation, run_each
from ukdrivers.distributions import DRIVERS
from ukdrivers.files import publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE"]

OPS = "<ukd/virtio_transport.h>, ukd_virtio_ops"
VIRTIO = "<ukd/virtio.h>"


CHECKS = (
    Check("found", "each device to come to its driver", "<ukd/virtio_transport.h>, ukd_virtio_add"),
    Check("features", "what is wanted and offered, and nothing else", f"{OPS}.features"),
    Check(
        "feature-words",
        "all 64 features as the device has them; the lower 32 of a legacy one",
        f"{OPS}.features, .set_features",
    ),
    Check(
        "refused",
        "a device that doesn't set FEATURES_OK not to be used",
        f"{OPS}.status; VIRTIO 3.1.1",
    ),
    Check(
        "config", "configuration the same by any access, -ERANGE beyond its end", f"{OPS}.config"
    ),
    Check("capacity", "the configuration that the device has", f"{OPS}.config"),
    Check(
        "config-change",
        "a change is told of, and what is read of it is of one generation",
        f"{OPS}.generation; <ukd/virtio_transport.h>, ukd_virtio_changed",
    ),
    Check(
        "queue-sizes",
        "queues from one entry to the most, full and emptied three times",
        f"{OPS}.queue_limit, .queue",
    ),
    Check("no-queue", "-ENODEV for a queue that the device hasn't got", f"{OPS}.queue_limit"),
    Check("several-queues", "each queue to have a doorbell of its own", f"{OPS}.queue, doorbell"),
    Check("data", "what the device reads and writes, in one piece and in several", f"{OPS}.queue"),
    Check(
        "interrupts",
        "an interrupt for each that is asked for",
        "<ukd/virtio_transport.h>, ukd_virtio_used",
    ),
    Check(
        "no-interrupts",
        "none that isn't asked for, but for one in 50",
        f"{VIRTIO}, ukd_virtq_set_interrupt",
    ),
    Check(
        "own-interrupts",
        "none for another device's buffers",
        "<ukd/virtio_transport.h>, ukd_virtio_used",
    ),
    Check("stop", "nothing to be written after a reset, and a start to go on", f"{OPS}.set_status"),
    Check("on-disk", "the disks as they were, but for what was written", f"{OPS}.queue"),
)

#: how QEMU's devices for a compatible string end
KINDS: Mapping[str, str] = {"virtio,mmio": "device", "pci1af4,1042": "pci"}
MODERN = ("-global", "virtio-mmio.force-legacy=false")
GIC_V3 = "qemu:virt,gic-version=3"
PROBE = "virtio-probe"
SYMBOL = "LIBUKDRIVER_VIRTIO_PROBE"
PACKAGE = "ukdriver_virtio_probe"
TAKEN = ("virtio,device2", "virtio,device4")
SEED, SIZE = 7, MIB
#: disks by number; before these are the ordinary ones
SLOW, REFUSED = 2, 3
SLOW_SIZE, SLOW_OPERATIONS = MIB // 2, 20
#: bits: VIRTIO 5.2.3 and 6
BLK_SIZE, RO, INDIRECT, EVENT, VERSION_1 = 1 << 6, 1 << 5, 1 << 28, 1 << 29, 1 << 32
LEGACY_BITS = (1 << 32) - 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kind:
    """The devices of one variation.

    :ivar end: of their names
    :ivar has_refusal: whether one more wants what the kit doesn't agree to
    """

    end: str
    properties: str = ""
    is_legacy: bool = False
    has_refusal: bool = False
    has_ring_features: bool = True


@contextlib.contextmanager
def _devices(folder: str, *, kind: _Kind) -> Iterator[Beside]:
    paths = [os.path.join(folder, f"d{number}") for number in range(3 + kind.has_refusal)]
    arguments = [*(() if kind.is_legacy else MODERN), *qmp.arguments(folder)]
    arguments += ["-device", f"virtio-rng-{kind.end}{kind.properties}"]
    for number, path in enumerate(paths):
        size = SLOW_SIZE if number == SLOW else SIZE
        make_disk(path, content=numbers(SEED, size), size=size)
        more = kind.properties
        if kind.end == "pci":
            more += f",addr={5 + 4 * number:#x}"  # on one line
        if number == REFUSED:
            more += ",iommu_platform=on" + (",disable-legacy=on" if kind.end == "pci" else "")
        slow = (f"throttling.iops-total={SLOW_OPERATIONS}",) if number == SLOW else ()
        arguments += drive(path, f"d{number}", *slow)
        arguments += ["-device", f"virtio-blk-{kind.end},drive=d{number},num-queues=4{more}"]
    texts: list[str] = []

    def resize(text: str) -> None:
        texts.append(text)
        if "\nresize" in "".join(texts):
            texts.clear()
            for number in range(SLOW):
                qmp.command(folder, "block_resize", device=f"d{number}", size=2 * SIZE)

    def found(text: str) -> Mapping[str, str]:
        return {
            "feature-words": _compare_features(text, kind),
            "refused": _wanted("refused", [str(int(kind.has_refusal))], text),
            "capacity": _wanted("capacity", [str(SIZE // 512)] * 2, text),
            "on-disk": _compare_disks(paths),
        }

    yield Beside(arguments=arguments, on_text=resize, found=found)


def _wanted(word: str, wanted: list[str], text: str) -> str:
    found = re.findall(rf"^{word}: (.*)$", text, re.MULTILINE)
    return "" if found == wanted else f"found {found}, wanted {wanted}"


def _compare_features(text: str, kind: _Kind) -> str:
    ring = INDIRECT | EVENT if kind.has_ring_features else 0
    wanted = BLK_SIZE | ring | (0 if kind.is_legacy else VERSION_1)
    mask = BLK_SIZE | RO | INDIRECT | EVENT | VERSION_1 | ~LEGACY_BITS * kind.is_legacy
    found = [int(one, 16) & mask for one in re.findall(r"^features: (\w+)$", text, re.MULTILINE)]
    return "" if found == [wanted] * 2 else f"found {found}, wanted twice {wanted:#x}"


def _compare_disks(paths: list[str]) -> str:
    """Hold the disks against what the application wrote: four sectors, in one bit another."""
    wanted = bytearray(numbers(SEED, SIZE))
    wanted[300 * 512 : 304 * 512] = wanted[8 * 512 : 12 * 512]
    wanted[300 * 512] ^= 0x80
    for number, path in enumerate(paths[:SLOW]):
        with open(path, "rb") as file:
            content = file.read(SIZE)
        if content != wanted:
            place = next(at for at in range(SIZE) if content[at] != wanted[at])
            return f"disk {number}: byte {place} is {content[place]}, wanted {wanted[place]}"
    return ""


def _variation(name: str, kind: _Kind, *, board: str = BOARD) -> Variation:
    return Variation(name=name, board=board, beside=functools.partial(_devices, kind=kind))


def _variations(end: str) -> Iterator[Variation]:
    no_ring = ",indirect_desc=off,event_idx=off"
    if end == "device":
        yield _variation("version 1", _Kind(end=end, is_legacy=True))
        yield _variation(
            "version 1, no ring features",
            _Kind(end=end, is_legacy=True, properties=no_ring, has_ring_features=False),
        )
    else:
        yield _variation("transitional", _Kind(end=end))
        yield _variation(
            "a page a queue, registers elsewhere",
            _Kind(end=end, properties=",page-per-vq=on,modern-pio-notify=on"),
        )
    yield _variation("modern", _Kind(end=end, has_refusal=True), board=GIC_V3)
    yield _variation(
        "no ring features", _Kind(end=end, properties=no_ring, has_ring_features=False)
    )


def _with_probe(subject: Subject, settings: Settings) -> tuple[Subject, dict[str, str]]:
    """Return the subject with our driver on the search path, and the symbols that go with it."""
    site = os.path.join(settings.folder, "probe")
    metadata = f"Metadata-Version: 2.1\nName: ukdriver-{PROBE}\nVersion: 0\n"
    info = f"{PACKAGE}-0.dist-info"
    publish(
        site,
        {
            f"{info}/METADATA": metadata,
            f"{info}/entry_points.txt": f"[{DRIVERS}]\n{PROBE} = {PACKAGE}\n",
        },
        owned=(),
    )
    path = (site, os.path.join(APPS, SUITE.name), *subject.path)
    rivals = [one for one in subject.registry.drivers if not set(TAKEN).isdisjoint(one.compatible)]
    values = {SYMBOL: "y", **{one.symbol: "n" for one in rivals}}
    return dataclasses.replace(subject, path=path), values


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    ends = [KINDS[one] for one in subject.driver.compatible if one in KINDS]
    if not ends:
        yield Result(
            suite=SUITE.name,
            check=Check(SUITE.name, "a device for the driver", ""),
            status="skipped",
            found=f"QEMU has no device that is {' or '.join(subject.driver.compatible)}",
        )
        return
    probed, values = _with_probe(subject, settings)
    variations = [
        dataclasses.replace(one, values=values) for end in ends for one in _variations(end)
    ]
    yield from run_each(probed, settings, SUITE.name, CHECKS, variations)


SUITE = Suite(
    name="virtio-transport",
    run=_run,
    classes=("virtio-transport",),
    needs=("qemu-system-aarch64",),
)
