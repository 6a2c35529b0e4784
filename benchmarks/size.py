"""What a driver weighs: `.text` of its library as it is linked, -O2 for cortex-a53."""

from __future__ import annotations

import glob
import os
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, run

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGETS = {"gicv2": 2792, "gicv3": 2984, "ns16550": 1904, "pl011": 1824, "pl031": 1512}
UNSCANNED = ("LIBUKD_ADDRESSES_BUILT_IN=y", "LIBUKD_CHECK_TREE=n")
SMALLER = -8192
VIRTIO_NET = "virtio-net with rings and the mmio transport"
VIRTIO_NET_TARGET = 15_056  # net, ring and mmio of a stock tree together


def figures(folder: str) -> Iterator[Figure]:
    output = os.path.join(folder, "size")
    board = "qemu:virt,gic-version=3"
    wanted = [word for name in TARGETS for word in ("--set", f"LIBUKDRIVER_{name.upper()}=y")]
    build = [sys.executable, "-m", "ukdrivers", "build", board, "--app", "hello", *wanted]
    run([*build, "-o", output])
    for name, target in TARGETS.items():
        text = _text(_find(output, f"libukdriver_{name}.o"))
        yield Figure(name=f"code size of {name}, .text", value=text, unit="bytes", target=target)
    rings = glob.glob(os.path.join(ROOT, "ukdrivers", "kit", "classes", "virtio-transport", "*.c"))
    files = [f"{os.path.basename(source).removesuffix('.c')}.o" for source in rings]
    files += ["libukdriver_virtio_net.o", "libukdriver_virtio_mmio.o"]
    yield Figure(
        name=f"code size of {VIRTIO_NET}, .text",
        value=sum(_text(_find(output, file)) for file in files),
        unit="bytes",
        target=VIRTIO_NET_TARGET,
    )

    yield from _built_in(folder)


def _built_in(folder: str) -> Iterator[Figure]:
    """Compare an image in which nothing reads device trees with one that scans."""
    sizes = []
    for name, values in (("scan", ()), ("built-in", UNSCANNED)):
        output = os.path.join(folder, name)
        build = [sys.executable, "-m", "ukdrivers", "build", "qemu:virt,gic-version=3"]
        run([*build, "--app", "hello", *(f"--set={one}" for one in values), "-o", output])
        image = _find(output, "ukdrivers_kvm-arm64")
        with open(image, "rb") as file:
            header = file.read(24)
        # "Booting AArch64 Linux", 4: image_size is the third double word
        sizes.append((os.path.getsize(image), int.from_bytes(header[16:], "little")))
    (scan_file, scan), (own_file, own) = sizes
    yield Figure(
        name="image size in memory, built in against scanned",
        value=own - scan,
        unit="bytes",
        target=SMALLER,
    )
    yield Figure(
        name="image file, built in against scanned",
        value=own_file - scan_file,
        unit="bytes",
        target=SMALLER,
    )


def _text(file: str) -> int:
    sections = run(["aarch64-linux-gnu-size", "-A", file])
    return sum(int(line.split()[1]) for line in sections.splitlines() if line.startswith(".text"))


def _find(folder: str, name: str) -> str:
    for where, _, files in os.walk(folder):
        if name in files:
            return os.path.join(where, name)
    sys.exit(f"{folder}: no {name} in the build")
