"""What finding PCI devices costs: guest instructions of a scan, and the bytes of what scans.

The scan is from the first instruction of ecam-pci's probe to its return, on a machine without any
device but the host bridge; QEMU's plugin interface counts under ``-icount shift=0``.
"""

from __future__ import annotations

import glob
import json
import os
import re
import sys
from typing import TYPE_CHECKING

from benchmarks.counting import compiled, counted
from benchmarks.harness import ROOT, Figure, run

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["figures", "scan_instructions"]

BOARD = "qemu:virt,gic-version=2"
PROBE = "ecam_pci_probe"
#: where the probe returns: itself, or the function of the core that it ends with
RETURNS = (PROBE, "ukd_pci_host_add")


def figures(folder: str) -> Iterator[Figure]:
    output = os.path.join(folder, "pci")
    command = [sys.executable, "-m", "ukdrivers", "build", BOARD, "--app", "hello", "-o", output]
    image = str(json.loads(run([*command, "--json"]))["image"])
    yield Figure(
        name="guest instructions of a full PCI scan, QEMU virt, no device added",
        value=scan_instructions(image, folder),
        unit="instructions",
        target=39_999,
    )
    yield Figure(
        name="code size of ecam-pci with the PCI core, .text",
        value=sum(map(_text_bytes, _objects(output))),
        unit="bytes",
        target=6_000,
    )


def scan_instructions(image: str, folder: str) -> int:
    """Boot an image and return what its one scan took, the probe's return counted."""
    places = counted(compiled(folder, "marks"), image, marks=_marks(f"{image}.dbg"))
    taken = [before + 1 for count, before, *_ in places if count]
    if len(taken) != 1:
        sys.exit(f"{image}: the probe returned {len(taken)} times, wanted 1")
    return taken[0]


def _marks(elf: str) -> str:
    """Name the places to the plugin: the probe, where it may return, and the application."""
    code = run(["aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", elf])
    bodies = dict(re.findall(r"^[0-9a-f]+ <(\w+)>:\n((?:.+\n)*)", code, re.MULTILINE))
    first = {name: _addresses(bodies[name], r"\S.*")[0] for name in (PROBE, "main")}
    returns = [at for name in RETURNS for at in _addresses(bodies[name], r"ret\b")]
    marks = [f"start={first[PROBE]}", *(f"at={at}" for at in returns), f"end={first['main']}"]
    return ",".join(marks)


def _addresses(body: str, instruction: str) -> list[str]:
    found = re.findall(rf"^\s*([0-9a-f]+):\s+{instruction}", body, re.MULTILINE)
    return [f"0x{address}" for address in found]


def _objects(output: str) -> list[str]:
    """Find what ecam-pci and the core were compiled to."""
    names = ["libukdriver_ecam_pci.o"]
    core = glob.glob(os.path.join(ROOT, "ukdrivers", "kit", "classes", "pci-host", "*.c"))
    names += [f"{os.path.basename(source).removesuffix('.c')}.o" for source in core]
    files = {
        name: os.path.join(where, name) for where, _, inside in os.walk(output) for name in inside
    }
    missing = [name for name in names if name not in files]
    if missing:
        sys.exit(f"{output}: no {', '.join(missing)} in the build")
    return [files[name] for name in names]


def _text_bytes(file: str) -> int:
    sections = run(["aarch64-linux-gnu-size", "-A", file])
    return sum(int(line.split()[1]) for line in sections.splitlines() if line.startswith(".text"))
